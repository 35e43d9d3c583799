"""What higher parts add to the published log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from lantai.kit.evidence.notes import VerifierKey

Cosignatures = Callable[[int], Sequence[str]]
WitnessKeys = Callable[[], Iterable[VerifierKey]]
_cosignatures: list[Cosignatures] = []
_witness_keys: list[WitnessKeys] = []


def register_cosignatures(find: Cosignatures) -> None:
    """Declare who knows the cosignature lines of the checkpoint of a size; from an ``apps.py`` only."""
    _cosignatures[:] = [find]


def cosignatures(size: int) -> str:
    """The lines that witnesses added to the checkpoint of a size."""
    return "".join(line for find in _cosignatures for line in find(size))


def register_witness_keys(find: WitnessKeys) -> None:
    """Declare who knows the keys of our witnesses, for the trust file; from an ``apps.py`` only."""
    _witness_keys[:] = [find]


def witness_keys() -> list[VerifierKey]:
    """The keys by which cosignatures of our checkpoints are believed."""
    return [key for find in _witness_keys for key in find()]
