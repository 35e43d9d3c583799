"""glTF 2.0: is the model whole, with every buffer and picture it refers to?"""

from __future__ import annotations

import base64
import binascii
import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lantai.kit.errors import N_
from lantai.kit.formats.remarks import Examination, Fact, Remark, State

_MAX_JSON_BYTES = 256 << 20
_HEADER = struct.Struct("<4sII")
_CHUNK = struct.Struct("<I4s")

NOT_JSON = Remark("broken", N_("三维模型的描述部分不是格式正确的 JSON。请重新导出。"))
NOT_GLTF = Remark("broken", N_("三维模型缺少 glTF 2.0 的版本声明。请重新导出。"))
CUT = N_("三维模型应有 %(wanted)s 字节，实有 %(found)s 字节，没有传完。")
SHORT_BUFFER = N_("三维模型的缓冲区 %(number)s 应有 %(wanted)s 字节，实有 %(found)s 字节。")
OUT_OF_BUFFER = N_("三维模型的数据段 %(number)s 超出缓冲区。")
ELSEWHERE = N_("三维模型引用了 %(count)s 个另外的文件（如 %(name)s），没有一起检查。")
EXTRA = Remark("trailing-data", N_("三维模型结尾之后还有多余的内容。"))


@dataclass(frozen=True, slots=True)
class _Parts:
    """The JSON of a model and, of a GLB, its binary chunk."""

    model: Any
    binary: bytes | None


class _Refuse(Exception):
    """The file cannot be read as a model."""

    def __init__(self, state: State, problem: Remark) -> None:
        self.state, self.problem = state, problem


def examine_glb(path: Path, puid: str) -> Examination:
    """State and facts of a binary model (GLB)."""
    return _examine(lambda: _glb(path), puid)


def examine_gltf(path: Path, puid: str) -> Examination:
    """State and facts of a model in JSON; buffers and pictures in other files are named, not opened."""
    return _examine(lambda: _Parts(_json(_all_of(path)), None), puid)


def _examine(read: Callable[[], _Parts], puid: str) -> Examination:
    try:
        parts = read()
    except _Refuse as refused:
        return Examination(puid, refused.state, problems=(refused.problem,))
    model = parts.model
    if not isinstance(model, dict) or str(_at(model, "asset").get("version", ""))[:2] != "2.":
        return Examination(puid, State.BROKEN, problems=(NOT_GLTF,))
    problems = (*_buffer_problems(model, parts.binary), *_view_problems(model))
    elsewhere = [uri for uri in _uris(model) if not uri.startswith("data:")]
    facts = _facts(model, elsewhere)
    if problems:
        return Examination(puid, State.BROKEN, facts, problems)
    if elsewhere:
        remark = Remark("elsewhere", ELSEWHERE, {"count": len(elsewhere), "name": elsewhere[0][:200]})
        return Examination(puid, State.UNSUPPORTED, facts, (remark,))
    return Examination(puid, State.OK, facts)


def _glb(path: Path) -> _Parts:
    data = _all_of(path)
    if len(data) < _HEADER.size:
        raise _Refuse(State.TRUNCATED, Remark("truncated", CUT, {"wanted": _HEADER.size, "found": len(data)}))
    _magic, _version, wanted = _HEADER.unpack_from(data)
    if wanted > len(data):
        raise _Refuse(State.TRUNCATED, Remark("truncated", CUT, {"wanted": wanted, "found": len(data)}))
    if wanted < len(data):
        raise _Refuse(State.BROKEN, EXTRA)
    chunks = dict(_chunks(data))
    if b"JSON" not in chunks:
        raise _Refuse(State.BROKEN, NOT_JSON)
    return _Parts(_json(chunks[b"JSON"]), chunks.get(b"BIN\x00"))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = _HEADER.size
    while position + _CHUNK.size <= len(data):
        length, kind = _CHUNK.unpack_from(data, position)
        position += _CHUNK.size
        if position + length > len(data):
            wanted = position + length
            raise _Refuse(State.BROKEN, Remark("broken", CUT, {"wanted": wanted, "found": len(data)}))
        yield kind, data[position : position + length]
        position += length


def _all_of(path: Path) -> bytes:
    if path.stat().st_size > _MAX_JSON_BYTES:
        problem = Remark("too-large", N_("三维模型超过 %(limit_mb)s MB，没有检查。"), {"limit_mb": 256})
        raise _Refuse(State.UNSUPPORTED, problem)
    return path.read_bytes()


def _json(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as broken:
        raise _Refuse(State.BROKEN, NOT_JSON) from broken


def _at(model: Any, name: str) -> dict[str, Any]:
    value = model.get(name)
    return value if isinstance(value, dict) else {}


def _list(model: Any, name: str) -> list[dict[str, Any]]:
    value = model.get(name)
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _number(entry: dict[str, Any], name: str) -> int:
    value = entry.get(name, 0)
    return value if isinstance(value, int) and value >= 0 else 0


def _uris(model: Any) -> list[str]:
    entries = _list(model, "buffers") + _list(model, "images")
    return [e["uri"] for e in entries if isinstance(e.get("uri"), str)]


def _buffer_problems(model: Any, binary: bytes | None) -> Iterator[Remark]:
    for number, buffer in enumerate(_list(model, "buffers")):
        wanted, uri = _number(buffer, "byteLength"), buffer.get("uri")
        if isinstance(uri, str) and not uri.startswith("data:"):
            continue
        found = _embedded_bytes(uri) if isinstance(uri, str) else len(binary or b"") if number == 0 else 0
        if found < wanted:
            yield Remark("truncated", SHORT_BUFFER, {"number": number, "wanted": wanted, "found": found})


def _embedded_bytes(uri: str) -> int:
    try:
        return len(base64.b64decode(uri.partition(",")[2], validate=True))
    except (binascii.Error, ValueError):
        return 0


def _view_problems(model: Any) -> Iterator[Remark]:
    sizes = [_number(b, "byteLength") for b in _list(model, "buffers")]
    for number, view in enumerate(_list(model, "bufferViews")):
        at, length, buffer = (_number(view, name) for name in ("byteOffset", "byteLength", "buffer"))
        if buffer >= len(sizes) or at + length > sizes[buffer]:
            yield Remark("broken", OUT_OF_BUFFER, {"number": number})


def _facts(model: Any, elsewhere: list[str]) -> dict[str, Fact]:
    names = ("meshes", "nodes", "materials", "images", "animations", "buffers")
    facts: dict[str, Fact] = {f"{name}_count": len(_list(model, name)) for name in names}
    facts["gltf_version"] = str(_at(model, "asset").get("version", ""))[:20]
    if isinstance(made_by := _at(model, "asset").get("generator"), str):
        facts["producer"] = made_by[:200]
    if elsewhere:
        facts["external_links"] = [uri[:200] for uri in elsewhere[:50]]
    return facts
