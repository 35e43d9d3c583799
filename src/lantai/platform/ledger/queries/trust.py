"""The keys of the log, and the trust file that others check us with."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cryptography import x509
from django.conf import settings

from lantai.kit.crypto import SigningKey, load_private
from lantai.kit.evidence.keyhistory import KeyHistory, Reason
from lantai.kit.evidence.notes import Note, VerifierKey, parse_note, verifier_key
from lantai.kit.evidence.trust import TrustStore
from lantai.platform.ledger.models import KeyStatement
from lantai.platform.ledger.registry import witness_keys

KEY_FILES = {"ed25519": "log-ed25519.pem", "sm2": "log-sm2.pem"}
NEXT_FILES = {"ed25519": "log-ed25519.next.pem", "sm2": "log-sm2.next.pem"}
FORMER = "former"  # folder of the private keys that sign no more
OTHERS = "trusted.txt"  # keys of witnesses and our own former keys, kept by hand
NEWEST = "log-newest-checkpoint"


def log_keys() -> list[SigningKey]:
    """The keys that sign the log now and exist; raises KeyFileExposed when others can read one."""
    history = key_history()
    found = [load_private(path) for path in key_paths().values() if path.exists()]
    force = {key.public.raw for key in history.in_force()}
    return [key for key in found if not history.statements or key.public.raw in force]


def key_paths() -> dict[str, Path]:
    """Where the key of each algorithm is read from: a rotation that was cut off is taken as done."""
    force = {key.public.raw for key in key_history().in_force()}
    paths = {}
    for algorithm, name in KEY_FILES.items():
        path, following = settings.LANTAI_KEYS / name, settings.LANTAI_KEYS / NEXT_FILES[algorithm]
        is_next = following.exists() and load_private(following).public.raw in force
        paths[algorithm] = following if is_next else path
    return paths


def key_history() -> KeyHistory:
    """What our log says of its keys; empty until they were introduced."""
    return _history_of(settings.LANTAI_LOG_ORIGIN)


def _history_of(origin: str) -> KeyHistory:
    rows = KeyStatement.objects.filter(origin=origin).order_by("number")
    return _history(tuple(rows.values_list("note", flat=True)))


@lru_cache(maxsize=4)
def _history(notes: tuple[str, ...]) -> KeyHistory:
    return KeyHistory([parse_note(note) for note in notes])


def trust_store() -> TrustStore:
    """Keys of our log, of witnesses and former ones, and the certificates (`*.crt`) that sign documents."""
    others = settings.LANTAI_KEYS / OTHERS
    more = TrustStore.parse(others.read_text("utf-8")) if others.exists() else TrustStore()
    certificates = tuple(x509.load_pem_x509_certificate(path.read_bytes()) for path in _certificates())
    origins = KeyStatement.objects.order_by("origin").values_list("origin", flat=True).distinct()
    histories = [
        _history_of(origin) for origin in origins
    ]  # also of a log that was begun anew under this roof
    every = (*_own_keys(histories), *more.keys, *witness_keys())
    own = {key.render(): key for key in every}
    return TrustStore(tuple(own.values()), (*certificates, *more.certificates), (*histories, *more.histories))


def _own_keys(histories: list[KeyHistory]) -> list[VerifierKey]:
    """Keys for plain lines of the trust file; a compromised one stands in the history alone."""
    named = [term.key for one in histories for term in one.terms if term.reason != Reason.COMPROMISED]
    if any(one.origin == settings.LANTAI_LOG_ORIGIN for one in histories):
        return named
    return [*(verifier_key(settings.LANTAI_LOG_ORIGIN, key.public) for key in log_keys()), *named]


def _certificates() -> list[Path]:
    return sorted(settings.LANTAI_KEYS.glob("*.crt"))


def trust_text() -> str:
    """The trust file that a stranger needs to check whatever we hand out."""
    return trust_store().render()


def remembered_checkpoint() -> Note | None:
    """The newest checkpoint that this machine remembers having signed, beside the database."""
    path = settings.LANTAI_KEYS / NEWEST
    return parse_note(path.read_text("utf-8")) if path.exists() else None
