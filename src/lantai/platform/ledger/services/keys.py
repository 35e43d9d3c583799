"""The keys that sign the log: made, introduced, rotated, revoked; every act is a statement and a line."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction

from lantai.kit.crypto import KeyFileExists, SigningKey, generate, load_private, save_private
from lantai.kit.evidence.canonical import Json
from lantai.kit.evidence.keyhistory import Act, KeyHistory, Reason, Statement, sign_statement
from lantai.kit.evidence.notes import VerifierKey, verifier_key
from lantai.platform.context import Channel, Ctx
from lantai.platform.ledger.models import KeyStatement
from lantai.platform.ledger.queries.log import newest_checkpoint
from lantai.platform.ledger.queries.trust import (
    FORMER,
    KEY_FILES,
    NEXT_FILES,
    key_history,
    key_paths,
    log_keys,
)
from lantai.platform.ledger.services.memory import keep
from lantai.platform.ledger.services.recording import record
from lantai.platform.ledger.services.turns import take_turn
from lantai.platform.ledger.types import KeyNotFound, KeyUnavailable, NotFromCommandLine

KEY = "ledger:key"
REMEMBERED = "log-key-history"


def ensure_keys() -> list[SigningKey]:
    """The keys that sign the log, made on first use; an existing key is never replaced.

    Raises KeyUnavailable when a key that is in force is not in the folder: nothing else may sign in its place.
    """
    history = key_history()
    folder = settings.LANTAI_KEYS
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not history.statements:
        for algorithm, name in KEY_FILES.items():
            _make(algorithm, name)
        return log_keys()
    found = log_keys()
    held = {key.public.raw for key in found}
    missing = [key for key in history.in_force() if key.public.raw not in held]
    if missing or not found:
        raise KeyUnavailable(id=missing[0].key_id.hex() if missing else "-", folder=str(folder))
    _finish_rotations()
    return found


def _make(algorithm: str, name: str) -> None:
    path = settings.LANTAI_KEYS / name
    if path.exists():
        return
    try:
        save_private(path, generate(algorithm))
    except KeyFileExists:  # another process was first, and its key is the key
        return


def introduce_keys(ctx: Ctx) -> None:
    """Begin the history of the keys, once; a log that grew before is theirs from its first leaf on."""
    with transaction.atomic():
        take_turn()
        _introduced(ctx)


def _introduced(ctx: Ctx) -> KeyHistory:
    history = _recalled(ctx, key_history())
    if history.statements:
        return history
    signers: list[SigningKey] = []
    for key in ensure_keys():
        signers.append(key)
        said = {"origin": settings.LANTAI_LOG_ORIGIN, "key": _public(key)}
        statement = history.next(Act.INTRODUCED, at=ctx.now, size=0, **said)
        history = _state(ctx, history, statement, signers)
    return history


def _recalled(ctx: Ctx, history: KeyHistory) -> KeyHistory:
    """The history with what only this machine remembers: the database was set back, or made anew from the store."""
    path = settings.LANTAI_KEYS / REMEMBERED
    if not path.exists():
        return history
    known = KeyHistory.parse(path.read_text("utf-8"))
    texts = [note.text for note in history.notes]
    is_longer = len(known.notes) > len(texts) and [note.text for note in known.notes][: len(texts)] == texts
    if known.origin != settings.LANTAI_LOG_ORIGIN or not is_longer:
        return history
    missing = list(zip(known.statements, known.notes, strict=True))[len(texts) :]
    KeyStatement.objects.bulk_create(
        KeyStatement(origin=one.origin, number=one.number, note=note.render(), at=one.at)
        for one, note in missing
    )
    detail: dict[str, Json] = {"first": missing[0][0].number, "last": missing[-1][0].number}
    record(ctx, f"{KEY}:recalled", object_type=KEY, object_id=known.origin, detail=detail)
    return known


def rotate_key(ctx: Ctx, *, algorithm: str) -> VerifierKey:
    """Replace the key of an algorithm: the old and the new one sign that it is so; returns the new one.

    Checkpoints up to the present size stay those of the old key, later ones are the new one's.
    """
    _require_command_line(ctx)
    with transaction.atomic():
        take_turn()
        history = _introduced(ctx)
        old = next((key for key in ensure_keys() if key.public.algorithm == algorithm), None)
        if old is None:
            raise KeyNotFound(id=algorithm)
        new = _next_key(algorithm)
        fields = {"key": _public(old), "new": _public(new)}
        statement = history.next(Act.ROTATED, at=_not_before(history, ctx), size=_size(), **fields)
        _state(ctx, history, statement, [old, new])
        transaction.on_commit(_finish_rotations)
    return _public(new)


def revoke_key(ctx: Ctx, *, key_id: str, reason: Reason, since: datetime) -> VerifierKey:
    """Take a key in force out of force, and introduce a new one in its place; returns the new one.

    The other key of the log signs for it; what the revoked one signed is judged by the reason. Raises KeyNotFound.
    """
    _require_command_line(ctx)
    with transaction.atomic():
        take_turn()
        history = _introduced(ctx)
        gone = next((key for key in history.in_force() if key.key_id.hex() == key_id), None)
        others = [key for key in log_keys() if gone is None or key.public.raw != gone.public.raw]
        if gone is None or not others:
            raise KeyNotFound(id=key_id)
        at, size = _not_before(history, ctx), _size()
        fields = {"key": gone, "reason": reason, "since": since, "good": size}
        history = _state(ctx, history, history.next(Act.REVOKED, at=at, size=size, **fields), others)
        new = _next_key(gone.public.algorithm)
        statement = history.next(Act.INTRODUCED, at=at, size=size, key=_public(new))
        _state(ctx, history, statement, [new, *others])
        transaction.on_commit(partial(_put_in_place, gone.public.algorithm))
    return _public(new)


def _require_command_line(ctx: Ctx) -> None:
    if ctx.channel != Channel.COMMAND:
        raise NotFromCommandLine


def _not_before(history: KeyHistory, ctx: Ctx) -> datetime:
    """Now, but never before the last statement: a clock that was set back must not stop a revocation."""
    return max(ctx.now, history.statements[-1].at)


def _size() -> int:
    newest = newest_checkpoint()
    return newest.size if newest else 0


def _public(key: SigningKey) -> VerifierKey:
    return verifier_key(settings.LANTAI_LOG_ORIGIN, key.public)


def _next_key(algorithm: str) -> SigningKey:
    """The key that will follow, kept before anything is said of it; one left by a rotation cut off is used."""
    _make(algorithm, NEXT_FILES[algorithm])
    return load_private(settings.LANTAI_KEYS / NEXT_FILES[algorithm])


def _state(ctx: Ctx, history: KeyHistory, statement: Statement, signers: list[SigningKey]) -> KeyHistory:
    note = sign_statement(statement, signers)
    longer = history.with_statement(note)
    KeyStatement.objects.create(
        origin=statement.origin, number=statement.number, note=note.render(), at=statement.at
    )
    transaction.on_commit(partial(keep, REMEMBERED, longer.render()))
    subject = statement.key
    detail: dict[str, Json] = {"number": statement.number, "size": statement.size}
    if statement.new is not None:
        detail["new"] = statement.new.render()
    if statement.reason is not None:
        detail["reason"] = str(statement.reason)
    record(
        ctx,
        f"{KEY}:{statement.act}",
        object_type=KEY,
        object_id=subject.key_id.hex() if subject else "",
        object_name=subject.render() if subject else "",
        detail=detail,
    )
    return longer


def _finish_rotations() -> None:
    """Where the following key is in force already, put it in the place of the former one."""
    for algorithm, path in key_paths().items():
        if path.name == NEXT_FILES[algorithm]:
            _put_in_place(algorithm)


def _put_in_place(algorithm: str) -> None:
    folder = settings.LANTAI_KEYS
    current, following = folder / KEY_FILES[algorithm], folder / NEXT_FILES[algorithm]
    if not following.exists():
        return  # another process was first
    if current.exists():
        former = folder / FORMER
        former.mkdir(exist_ok=True, mode=0o700)
        current.replace(former / f"log-{algorithm}.{_public(load_private(current)).key_id.hex()}.pem")
    following.replace(current)
