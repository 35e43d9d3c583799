"""What this machine remembers beside its keys, where a database that was set back cannot take it away."""

from __future__ import annotations

import os
import secrets

from django.conf import settings


def keep(name: str, text: str) -> None:
    """Put a text in the place of the one that was kept, whole or not at all."""
    path = settings.LANTAI_KEYS / name
    unfinished = path.with_name(f".{name}.{secrets.token_hex(8)}")
    with unfinished.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)
