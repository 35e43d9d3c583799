"""Static files under names that carry their digest, so that a browser may keep them for ever."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from threading import Lock
from typing import Any

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

OURS = "ui/"
_QUALITY = 10  # of 11, which takes twice as long for three percent less


class OnceForEachContent(Compressor):
    """Files with the same content, as each lies there under two names, are compressed once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._made: dict[bytes, bytes] = {}
        self._locks: dict[bytes, Lock] = {}

    def compress_brotli(self, data: bytes) -> bytes:
        """As Brotli; asked by several threads at once."""
        digest = sha256(data).digest()
        with self._locks.setdefault(digest, Lock()):
            if digest not in self._made:
                self._made[digest] = brotli.compress(data, quality=_QUALITY)
        return self._made[digest]


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports between our ES modules; compressed copies stand beside the files."""

    support_js_module_import_aggregation = True

    def create_compressor(self, **options: Any) -> Compressor:
        """Called by whitenoise for each collection."""
        return OnceForEachContent(**options)

    def url_converter(
        self, name: str, hashed_files: dict[str, str], template: str | None = None
    ) -> Callable[[re.Match[str]], str]:
        """Leave other people's scripts as they are: their imports name packages, not files."""
        if name.endswith(".js") and not name.startswith(OURS):
            return lambda match: match[0]
        return super().url_converter(name, hashed_files, template)
