"""The keys of the log, and the trust file that others check us with."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from django.conf import settings

from lantai.kit.crypto import SigningKey, load_private
from lantai.kit.evidence.notes import Note, parse_note, verifier_key
from lantai.kit.evidence.trust import TrustStore

KEY_FILES = {"ed25519": "log-ed25519.pem", "sm2": "log-sm2.pem"}
OTHERS = "trusted.txt"  # keys of witnesses and our own former keys, kept by hand
NEWEST = "log-newest-checkpoint"


def log_keys() -> list[SigningKey]:
    """The signing keys of the log that exist; raises KeyFileExposed when others can read one."""
    paths = [settings.LANTAI_KEYS / name for name in KEY_FILES.values()]
    return [load_private(path) for path in paths if path.exists()]


def trust_store() -> TrustStore:
    """Keys of our log, of witnesses and former ones, and the certificates (`*.crt`) that sign documents."""
    own = tuple(verifier_key(settings.LANTAI_LOG_ORIGIN, key.public) for key in log_keys())
    others = settings.LANTAI_KEYS / OTHERS
    more = TrustStore.parse(others.read_text("utf-8")) if others.exists() else TrustStore()
    certificates = tuple(x509.load_pem_x509_certificate(path.read_bytes()) for path in _certificates())
    return TrustStore((*own, *more.keys), (*certificates, *more.certificates))


def _certificates() -> list[Path]:
    return sorted(settings.LANTAI_KEYS.glob("*.crt"))


def trust_text() -> str:
    """The trust file that a stranger needs to check whatever we hand out."""
    return trust_store().render()


def remembered_checkpoint() -> Note | None:
    """The newest checkpoint that this machine remembers having signed, beside the database."""
    path = settings.LANTAI_KEYS / NEWEST
    return parse_note(path.read_text("utf-8")) if path.exists() else None
