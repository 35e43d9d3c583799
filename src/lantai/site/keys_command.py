"""``lantai keys``: the keys that sign the log, listed, rotated, revoked; the keys of places in shares."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from lantai.kit.errors import N_, Invalid
from lantai.kit.evidence.keyhistory import Reason, Term
from lantai.platform.context import Channel, system_ctx
from lantai.site import places_command


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the acts and their arguments."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    acts.add_parser("list", help="every key that ever signed, with its term")
    rotate = acts.add_parser("rotate", help="replace a key; the old and the new one sign that it is so")
    rotate.add_argument("algorithm", choices=("ed25519", "sm2"))
    revoke = acts.add_parser("revoke", help="take a key out of force and introduce a new one")
    revoke.add_argument("key", help="number of the key, as `list` shows it")
    revoke.add_argument("--reason", required=True, choices=[str(reason) for reason in Reason])
    revoke.add_argument(
        "--since",
        help="moment from which a compromised key is not believed (ISO 8601 with zone; default: now)",
    )
    places_command.configure_keys(acts)


def run(arguments: argparse.Namespace) -> None:
    """Do the act; prints the keys afterwards."""
    if arguments.act in {"split", "join"}:
        places_command.run_keys(arguments)
        return
    from lantai.platform.ledger import queries, services

    ctx = system_ctx(Channel.COMMAND)
    if arguments.act == "rotate":
        services.rotate_key(ctx, algorithm=arguments.algorithm)
    elif arguments.act == "revoke":
        since = _moment(arguments.since) if arguments.since else ctx.now
        services.revoke_key(ctx, key_id=arguments.key, reason=Reason(arguments.reason), since=since)
    for term in queries.key_history().terms:
        print(_row(term))


def _row(term: Term) -> str:
    last = "" if term.last is None else term.last
    ended = f"{term.ended_at:%Y-%m-%dT%H:%MZ}" if term.ended_at else ""
    shown = (term.key.key_id.hex(), term.key.public.algorithm, f"{term.introduced_at:%Y-%m-%dT%H:%MZ}", term.first,
             ended, last, term.reason)  # fmt: skip
    return "\t".join(map(str, shown))


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(N_("“%(text)s”不是时间，请写作 2026-03-02T09:00:00+08:00。"), text=text[:40]) from error
    if found.tzinfo is None:
        raise Invalid(N_("时间“%(text)s”没有时区，请写作 2026-03-02T09:00:00+08:00。"), text=text[:40])
    return found.astimezone(UTC)
