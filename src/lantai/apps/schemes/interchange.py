"""A scheme as a file that another archives, or the command line tool, can read: TOML or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from lantai.apps.schemes.types import MOST_IMPORTED_BYTES, FileTooLarge, FileUnreadable
from lantai.kit.errors import N_
from lantai.kit.fourprops.scheme import Scheme, from_data, from_toml


def as_json(scheme: Scheme) -> str:
    """Readable JSON; `read` is the inverse."""
    return json.dumps(scheme.to_data(), ensure_ascii=False, indent=1) + "\n"


def as_toml(scheme: Scheme) -> str:
    """TOML in the form of the shipped schemes, one table a check; `read` is the inverse."""
    return "\n".join(_toml_lines(scheme.to_data())) + "\n"


def _toml_lines(data: Mapping[str, object]) -> Iterator[str]:
    for key, value in data.items():
        if not isinstance(value, Mapping):
            yield f"{key} = {_literal(value)}"
    checks = data["checks"]
    for code, row in checks.items() if isinstance(checks, Mapping) else ():
        yield f'\n[checks."{code}"]'
        yield from (f"{key} = {_literal(value)}" for key, value in row.items())


def _literal(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_text(key)} = {_literal(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_literal, value)) + "]"
    if isinstance(value, bool | int):
        return str(value).lower()
    return _text(str(value))


def _text(value: str) -> str:
    # JSON escapes are TOML's too; DEL is the one control character that JSON leaves bare
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def read(name: str, content: bytes) -> Scheme:
    """A scheme from an uploaded file, TOML unless named ``.json``.

    Raises ``FileTooLarge``, ``FileUnreadable`` and ``SchemeMalformed``.
    """
    if len(content) > MOST_IMPORTED_BYTES:
        raise FileTooLarge(name=name, most=MOST_IMPORTED_BYTES // 1024, field="file")
    try:
        text = content.decode("utf-8-sig")
        return _from_json(name, text) if name.casefold().endswith(".json") else from_toml(text)
    except UnicodeDecodeError as error:
        raise FileUnreadable(name=name, reason=N_("不是 UTF-8 文本。"), field="file") from error
    except RecursionError as error:
        raise FileUnreadable(name=name, reason=N_("嵌套过深。"), field="file") from error


def _from_json(name: str, text: str) -> Scheme:
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise FileUnreadable(name=name, reason=str(error), field="file") from error
    if not isinstance(raw, dict):
        raise FileUnreadable(name=name, reason=N_("最外层不是对象。"), field="file")
    return from_data(raw)
