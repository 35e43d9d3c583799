"""A place that is a bucket of any S3.

Address: ``s3://bucket/prefix?endpoint=https://s3.example.cn&region=cn-north-1``, with ``lock=1`` where the
bucket locks what it is given (object lock with a default retention), and ``timeout=30`` seconds for one
request. The account comes from the setting ``LANTAI_PLACE_<SLUG>``. A store may lie, by accident: each answer
is held against what was asked, and what was written is read back before it counts.
"""

from __future__ import annotations

import io
import urllib.error
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from lantai.kit.errors import N_
from lantai.platform.places.stores import presigned
from lantai.platform.places.types import (
    Held,
    Locked,
    NameTaken,
    NotAnAddress,
    NothingThere,
    PlaceAway,
    Room,
    Site,
    checked_name,
)

_OPTIONS = {"endpoint", "region", "lock", "timeout", "retries"}
_PART_BYTES = 8 * 1024 * 1024
_WHOLE_BYTES = 32 * 1024 * 1024
_PIECE = 1024 * 1024
_CONNECT_SECONDS = 5
_TIMEOUT_SECONDS = 60
_RETRIES = 4
_UNTIL = "x-amz-object-lock-retain-until-date"


class _Head(NamedTuple):
    size: int
    etag: str


class _Address(NamedTuple):
    bucket: str
    prefix: str
    endpoint: str
    region: str
    is_locking: bool
    timeout_seconds: float
    retries: int


class S3Place:
    """Objects in one bucket under one prefix."""

    def __init__(self, site: Site) -> None:
        self._site, self._at = site, _read(site.address)
        at, account = self._at, site.secrets
        key, secret = account.get("access_key_id", ""), account.get("secret_access_key", "")
        self._account = presigned.Account(at.endpoint, at.region, key, secret)
        self._store = S3Store(
            at.bucket,
            prefix=at.prefix or None,
            endpoint=at.endpoint,
            region=at.region,
            access_key_id=key,
            secret_access_key=secret,
            skip_signature=not key,
            client_options={
                "allow_http": at.endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=min(_CONNECT_SECONDS, at.timeout_seconds)),
                "timeout": timedelta(seconds=at.timeout_seconds),
            },
            retry_config={
                "max_retries": at.retries,
                "retry_timeout": timedelta(seconds=at.timeout_seconds),
                "backoff": {
                    "init_backoff": timedelta(milliseconds=100),
                    "max_backoff": timedelta(seconds=5),
                    "base": 2,
                },
            },
        )

    def put(self, name: str, source: Path, *, size: int) -> None:
        """One conditional request for what fits one; larger content in parts, which appear whole or not at all.

        No S3 completes parts conditionally with certainty: there the name is asked for before, and what lies
        under it is compared afterwards, so that of two writers none believes that the other's bytes are his.
        """
        checked_name(name)
        if source.stat().st_size != size:
            raise PlaceAway(place=self._site.title, why=N_("来源文件的长度与所说的不一致"))
        if self.size(name) is None:
            with self._asked(name):
                self._send(name, source, size)
            if self._at.is_locking and not self._is_locked(name):
                raise PlaceAway(place=self._site.title, why=N_("存储桶没有对写入的内容启用防删改保护"))
        self._compare(name, source, size)

    def open(self, name: str) -> BinaryIO:
        head = self._head(checked_name(name))
        if head is None:
            raise NothingThere(place=self._site.title, name=name)
        return cast(BinaryIO, io.BufferedReader(_Object(self, name, head), buffer_size=_PART_BYTES))

    def size(self, name: str) -> int | None:
        head = self._head(checked_name(name))
        return None if head is None else head.size

    def remove(self, name: str) -> None:
        """Remove the object with all its versions, so that nothing of it can be fetched any more."""
        if self._head(checked_name(name)) is None:
            return
        while True:
            with self._asked(name):
                answer = self._ask("HEAD", name)
            if answer is None:
                return
            if _is_ahead(answer.headers.get(_UNTIL, "")):
                raise Locked(place=self._site.title, name=name)
            version = answer.headers.get("x-amz-version-id", "")
            with self._asked(name):
                self._ask("DELETE", name, {"versionId": version} if version else {})

    def held(self, prefix: str = "", after: str = "") -> Iterator[Held]:
        """In order of name whatever the order of the store: one folder of the top level is sorted at a time."""
        folder = prefix.rpartition("/")[0]
        with self._asked(prefix):
            tops = [Held(f"{folder}/", 0, datetime.now(UTC))] if folder else self._top()
        for top in tops:
            is_folder = top.name.endswith("/")
            if is_folder and not (top.name > after or after.startswith(top.name)):
                continue
            if not (top.name.startswith(prefix) or prefix.startswith(top.name)):
                continue
            with self._asked(prefix):
                found = sorted(self._flat(top.name), key=lambda held: held.name) if is_folder else [top]
            yield from (held for held in found if held.name > after and held.name.startswith(prefix))

    def room(self) -> Room | None:
        with self._asked(""):
            self._top_answers()
        return None

    def read(self, name: str, head: _Head, start: int, length: int) -> bytes:
        """These bytes of the object that was opened; raises `PlaceAway` for anything else."""
        span = (start, start + length)
        with self._asked(name):
            found = obstore.get(self._store, name, options={"range": span, "if_match": head.etag})
            data = bytes(found.bytes())
            is_it = (found.meta.get("e_tag") or head.etag) == head.etag
            if (
                found.meta["size"] != head.size
                or len(data) != length
                or tuple(found.range) != span
                or not is_it
            ):
                raise PlaceAway(place=self._site.title, why=N_("应答的长度或标识与所问的不符"))
        return data

    def _send(self, name: str, source: Path, size: int) -> None:
        if size > _WHOLE_BYTES:
            obstore.put(
                self._store, name, source, use_multipart=True, chunk_size=_PART_BYTES, max_concurrency=4
            )
            return
        with suppress(AlreadyExistsError):  # another writer was first, or our own first try: the bytes tell
            obstore.put(self._store, name, source, mode="create", use_multipart=False)

    def _compare(self, name: str, source: Path, size: int) -> None:
        head = self._head(name)
        if head is None:
            raise PlaceAway(place=self._site.title, why=N_("写入后回读不到内容"))
        if head.size != size:
            raise NameTaken(place=self._site.title, name=name)
        with source.open("rb") as given, self.open(name) as kept:
            while piece := given.read(_PIECE):
                if kept.read(len(piece)) != piece:
                    raise NameTaken(place=self._site.title, name=name)

    def _head(self, name: str) -> _Head | None:
        try:
            with self._asked(name):
                found = obstore.head(self._store, name)
        except NothingThere:
            return None
        return _Head(found["size"], found["e_tag"] or "")

    def _is_locked(self, name: str) -> bool:
        with self._asked(name):
            answer = self._ask("HEAD", name)
        return answer is not None and _is_ahead(answer.headers.get(_UNTIL, ""))

    def _ask(self, method: str, name: str, query: dict[str, str] | None = None) -> presigned.Answer | None:
        path = "/".join(part for part in (self._at.bucket, self._at.prefix, name) if part)
        try:
            return presigned.ask(self._account, method, path, query or {}, seconds=self._at.timeout_seconds)
        except urllib.error.HTTPError as why:
            if why.code == HTTPStatus.NOT_FOUND:
                return None
            if why.code == HTTPStatus.FORBIDDEN and method == "DELETE":
                raise Locked(place=self._site.title, name=name) from why
            raise

    def _top(self) -> list[Held]:
        found = obstore.list_with_delimiter(self._store)
        folders = [Held(f"{name}/", 0, datetime.now(UTC)) for name in found["common_prefixes"]]
        files = [Held(o["path"], o["size"], o["last_modified"]) for o in found["objects"]]
        return sorted([*folders, *files], key=lambda held: held.name)

    def _flat(self, folder: str) -> Iterator[Held]:
        for batch in obstore.list(self._store, folder):
            yield from (Held(found["path"], found["size"], found["last_modified"]) for found in batch)

    def _top_answers(self) -> None:
        next(iter(obstore.list(self._store, chunk_size=1)), None)

    @contextmanager
    def _asked(self, name: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as why:
            raise NothingThere(place=self._site.title, name=name) from why
        except (BaseError, OSError, ValueError) as why:  # urllib's errors are OSErrors
            raise PlaceAway(place=self._site.title, why=_short(why)) from why


class _Object(io.RawIOBase):
    """One object, read by ranges; a range that breaks off is asked for again, nothing before it is."""

    def __init__(self, place: S3Place, name: str, head: _Head) -> None:
        self._place, self._name, self._head, self._position = place, name, head, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._head.size}[whence]
        if start + offset < 0:
            raise ValueError("negative seek position")
        self._position = start + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        length = min(len(buffer), self._head.size - self._position)
        if length <= 0:
            return 0
        data = self._whole(length)
        buffer[:length] = memoryview(data)
        self._position += length
        return length

    def readall(self) -> bytes:
        """All that is left in large pieces; what is inherited asks the store for 8 kB at a time."""
        return b"".join(iter(lambda: self.read(_PART_BYTES) or b"", b""))

    def _whole(self, length: int) -> bytes:
        for _attempt in range(2):
            try:
                return self._place.read(self._name, self._head, self._position, length)
            except PlaceAway:
                continue
        return self._place.read(self._name, self._head, self._position, length)


def check_address(address: str) -> None:
    """Raise `NotAnAddress` unless it names a bucket and an endpoint, and no secret."""
    _read(address)


def _read(address: str) -> _Address:
    url = urlsplit(address)
    options = dict(parse_qsl(url.query))
    endpoint = urlsplit(options.get("endpoint", ""))
    if (
        url.scheme != "s3"
        or not url.netloc
        or endpoint.scheme not in {"http", "https"}
        or not endpoint.netloc
    ):
        why = N_("请按 s3://存储桶/前缀?endpoint=https://服务地址&region=区域 填写")
        raise NotAnAddress(why=why, field="address")
    if "@" in url.netloc or "@" in endpoint.netloc or options.keys() - _OPTIONS:
        why = N_("地址中不能有账号和密钥，也不能有不认识的选项；密钥请写入设置 LANTAI_PLACE_<代号>")
        raise NotAnAddress(why=why, field="address")
    try:
        seconds, retries = (
            float(options.get("timeout", _TIMEOUT_SECONDS)),
            int(options.get("retries", _RETRIES)),
        )
    except ValueError as why:
        raise NotAnAddress(why=N_("超时和重试次数须为数字"), field="address") from why
    return _Address(
        url.netloc,
        url.path.strip("/"),
        options["endpoint"].rstrip("/"),
        options.get("region", "us-east-1"),
        options.get("lock") == "1",
        min(max(seconds, 0.1), 3600),
        min(max(retries, 0), 10),
    )


def _is_ahead(until: str) -> bool:
    if not until:
        return False
    try:
        return datetime.fromisoformat(until) > datetime.now(UTC)
    except ValueError:
        return True  # it says something about a lock: better kept than lost


def _short(why: Exception) -> str:
    return " ".join(str(why).split())[:300]
