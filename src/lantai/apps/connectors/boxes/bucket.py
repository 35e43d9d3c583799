"""A prefix of an S3 bucket: ``in/<name>/…`` or ``in/<name>.zip`` come, ``results/<name>.done.json`` go.

An offer is ready when ``in/<name>.ready`` is there, or when its newest object is old enough. It is claimed by a
conditional put of ``claims/<name>``, which one writer wins; a claim bears our name, so after a kill we go on. When
its content is safe elsewhere the claim also names the objects that were read: only these are removed, also by whoever
finishes after a kill.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from lantai.apps.connectors.boxes import ARCHIVES, READY, RESULTS, BoxUnreadable, Held

OPTIONS = {"endpoint", "region", "access_key_id", "secret_access_key"}
PIECE = 8 * 1024 * 1024
IN, CLAIMS, RESULTS_IN = "in/", "claims/", "results/"
Found = tuple[str, int, str | None]  # key, size, the store's mark of that content


@contextmanager
def _asked() -> Iterator[None]:
    """What the bucket refuses, without its address: that may hold the keys of the account."""
    try:
        yield
    except (BaseError, OSError, ValueError) as why:
        raise BoxUnreadable(type(why).__name__) from why


class BucketBox:
    """The box at ``s3://bucket/prefix?endpoint=…``; ``owner`` is the name under which we claim."""

    def __init__(self, url: str, prefix: str, *, owner: str, settle_s: int) -> None:
        address = urlsplit(url)
        options = {name: value for name, value in parse_qsl(address.query) if name in OPTIONS}
        plain = options.get("endpoint", "").startswith("http://")
        path = "/".join(part.strip("/") for part in (address.path, prefix) if part.strip("/"))
        client: Any = {"allow_http": plain, "timeout": "60s", "connect_timeout": "10s"}
        retry: Any = {"max_retries": 2}
        with _asked():
            self._store = S3Store(
                address.netloc, prefix=path or None, client_options=client, retry_config=retry, **options
            )  # type: ignore[arg-type]
        self._owner, self.settle_s = owner.encode(), settle_s
        self._found: dict[str, list[Found]] = {}

    def offers(self) -> Iterator[str]:
        """One listing of what has come; ours from before come first by name order of claims."""
        newest: defaultdict[str, float] = defaultdict(float)
        found: defaultdict[str, list[Found]] = defaultdict(list)
        ready: set[str] = set()
        with _asked():
            listed = [one for batch in obstore.list(self._store, prefix=IN) for one in batch]
        for one in listed:
            path = one["path"].removeprefix(IN)
            name, slash, _inside = path.partition("/")
            if not slash and name.endswith(READY):
                ready.add(name.removesuffix(READY))
            elif slash or name.lower().endswith(ARCHIVES):
                found[name].append((one["path"], one["size"], one["e_tag"]))
                newest[name] = max(newest[name], one["last_modified"].timestamp())
        self._found = dict(found)
        still = time.time() - self.settle_s
        yield from sorted(name for name in found if name in ready or newest[name] <= still)

    def claim(self, name: str) -> bool:
        """Of several writers one creates the claim; one that bears our name is ours from before."""
        key = f"{CLAIMS}{name}"
        with _asked():
            try:
                obstore.put(self._store, key, self._owner, mode="create", use_multipart=False)
                return True
            except AlreadyExistsError:
                owner, _newline, taken = bytes(obstore.get(self._store, key).bytes()).partition(b"\n")
        if owner != self._owner:
            return False
        if taken:  # a worker was killed while it removed what it had taken
            self._remove_taken(name, {(path, mark) for path, mark in json.loads(taken)})
        return not taken

    def held(self, name: str) -> list[Held]:
        """The objects of the offer as they were listed."""
        prefix = f"{IN}{name}/"
        return [
            Held(key.removeprefix(prefix) if key.startswith(prefix) else name, size, self._pieces(key))
            for key, size, _mark in self._found[name]
        ]

    def _pieces(self, key: str) -> Iterator[bytes]:
        with _asked():
            for piece in obstore.get(self._store, key).stream(min_chunk_size=PIECE):
                yield bytes(piece)

    def drop(self, name: str) -> None:
        """The objects that were read, which the claim names first, the marker, and last the claim."""
        taken = [(key, mark) for key, _size, mark in self._found.get(name, ())]
        with _asked():
            noted = self._owner + b"\n" + json.dumps(taken).encode()
            obstore.put(self._store, f"{CLAIMS}{name}", noted, use_multipart=False)
        self._remove_taken(name, set(taken))

    def _remove_taken(self, name: str, taken: set[tuple[str, str | None]]) -> None:
        """What was put there since under the same name is another offer, and stays with its marker."""
        here = {(key, mark) for key, _size, mark in self._found.get(name, ())}
        marker = [] if here - taken else [f"{IN}{name}{READY}"]
        with _asked():
            self._delete([*(key for key, _mark in sorted(here & taken)), *marker, f"{CLAIMS}{name}"])

    def give_back(self, name: str) -> None:
        """Copied under ``refused/`` before they go from ``in/``."""
        keys = [key for key, _size, _mark in self._found.get(name, ())]
        with _asked():
            for key in keys:
                obstore.copy(self._store, key, f"refused/{key.removeprefix(IN)}", overwrite=True)
            self._delete([*keys, f"{IN}{name}{READY}", f"{CLAIMS}{name}"])

    def _delete(self, keys: list[str]) -> None:
        for key in keys:
            with suppress(FileNotFoundError):
                obstore.delete(self._store, key)

    def answer(self, name: str, body: bytes, *, is_done: bool) -> None:
        """One object is written whole or not at all."""
        ending, other = RESULTS if is_done else RESULTS[::-1]
        with _asked():
            obstore.put(self._store, f"{RESULTS_IN}{name}{ending}", body, use_multipart=False)
            self._delete([f"{RESULTS_IN}{name}{other}"])
