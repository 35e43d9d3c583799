"""The keys with which we witness others; they lie beside the keys of the log."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress

from django.conf import settings

from lantai.kit.crypto import KeyFileExists, SigningKey, generate, load_private, save_private
from lantai.kit.evidence.notes import VerifierKey, verifier_key, witness_key
from lantai.platform.ledger.services import ensure_keys
from lantai.platform.witness.types import OwnKeys

KEY_FILES = {"ed25519": "witness-ed25519.pem", "sm2": "witness-sm2.pem"}


def ensure_witness_keys() -> dict[str, SigningKey]:
    """The Ed25519 and SM2 keys of our cosignatures, made on first use; an existing key is never replaced."""
    folder = settings.LANTAI_KEYS
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for algorithm, name in KEY_FILES.items():
        if not (folder / name).exists():
            with suppress(KeyFileExists):  # another process was first, and its key is the key
                save_private(folder / name, generate(algorithm))
    return {algorithm: load_private(folder / name) for algorithm, name in KEY_FILES.items()}


def signers() -> list[tuple[str, SigningKey]]:
    """Name and key of each of our cosignatures."""
    return [(settings.LANTAI_WITNESS_NAME, key) for key in ensure_witness_keys().values()]


def own_keys() -> OwnKeys:
    """What a peer enters of us: the keys of our log and of our cosignatures."""
    of_log = [verifier_key(settings.LANTAI_LOG_ORIGIN, key.public) for key in ensure_keys()]
    found = (*of_log, *(witness_key(name, key.public) for name, key in signers()))
    return OwnKeys(found, check_number(found))


def check_number(keys: Iterable[VerifierKey]) -> str:
    """Twenty digits of the keys in any order, to be compared over the telephone (66 bits)."""
    told = "\n".join(sorted(key.render() for key in keys))
    return f"{int.from_bytes(hashlib.sha256(told.encode()).digest(), 'big') % 10**20:020d}"
