"""The keys that sign the log."""

from __future__ import annotations

from django.conf import settings

from lantai.kit.crypto import KeyFileExists, SigningKey, generate, save_private
from lantai.platform.ledger.queries.trust import KEY_FILES, log_keys


def ensure_keys() -> list[SigningKey]:
    """The Ed25519 and SM2 keys of the log, made on first use; an existing key is never replaced."""
    folder = settings.LANTAI_KEYS
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for algorithm, name in KEY_FILES.items():
        if not (folder / name).exists():
            _make(algorithm, name)
    return log_keys()


def _make(algorithm: str, name: str) -> None:
    try:
        save_private(settings.LANTAI_KEYS / name, generate(algorithm))
    except KeyFileExists:  # another process was first, and its key is the key
        return
