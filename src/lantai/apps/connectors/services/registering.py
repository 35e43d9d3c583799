"""Registering connectors, their accounts and tokens."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from django.db import IntegrityError, connection, transaction

from lantai.apps.connectors import queries
from lantai.apps.connectors.models import Connector
from lantai.apps.connectors.permissions import P
from lantai.apps.connectors.types import OBJECT, CodeTaken, Registration, SourceTaken, SourceUnknown, Way
from lantai.platform.accounts import policy
from lantai.platform.accounts import services as accounts
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger

OLD_TOKEN_HOURS = 24  # after a rotation, time to put the new one in place
PLACES = int.from_bytes(b"places", "big")  # the lock of whoever registers where something is fetched


@transaction.atomic
def register_connector(ctx: Ctx, *, fonds_id: int, code: str, way: str, said: Registration) -> Connector:
    """Register a connector with a machine account of its own, which has no role yet.

    The role is given by the security officer: who registers cannot let anything in. Raises ``CodeTaken``,
    ``SourceUnknown``, ``SourceTaken``, ``Missing`` for a fonds of an agency that the actor does not look after.
    """
    fonds = next((one for one in queries.fonds_to_connect(ctx) if one.pk == fonds_id), None)
    if fonds is None or fonds.creator is None:
        policy.require(ctx, P.CONNECTOR_MANAGE, None)
    agency = fonds.creator  # type: ignore[union-attr]
    _check_source(way, said)
    _check_place(way, said, agency_code=agency.code, code=code)
    if Connector.objects.filter(agency=agency, code=code).exists():
        raise CodeTaken(code=code, field="code")
    account = accounts.open_account(
        ctx,
        username=f"connector.{agency.code}.{code}".lower(),
        name=said.name[:64],
        org=agency,
        is_machine=True,
    )
    row = Connector(
        agency=agency, fonds=fonds, code=code, way=way, account=account, created_at=ctx.now, **_columns(said)
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as taken:
        raise CodeTaken(code=code, field="code") from taken
    _record(ctx, "registered", row, {"way": way, "agency": agency.code})
    return row


@transaction.atomic
def change_connector(ctx: Ctx, *, connector_id: int, said: Registration) -> Connector:
    """Change what is registered; agency, code and way stay. Raises ``SourceUnknown``, ``SourceTaken``."""
    row = _locked(ctx, connector_id)
    _check_source(row.way, said)
    _check_place(row.way, said, agency_code=row.agency.code, code=row.code, own_id=row.pk)
    columns = _columns(said)
    changed = sorted(name for name, value in columns.items() if getattr(row, name) != value)
    Connector.objects.filter(pk=row.pk).update(**columns)
    _record(ctx, "changed", row, {"changed": ",".join(changed)})
    return row


@transaction.atomic
def switch_connector(ctx: Ctx, *, connector_id: int, is_enabled: bool) -> Connector:
    """Let a connector take, or take nothing more; what it has delivered stays."""
    row = _locked(ctx, connector_id)
    Connector.objects.filter(pk=row.pk).update(is_enabled=is_enabled, silent_since=None)
    _record(ctx, "enabled" if is_enabled else "disabled", row)
    row.is_enabled = is_enabled
    return row


@transaction.atomic
def rotate_token(ctx: Ctx, *, connector_id: int) -> tuple[Connector, str]:
    """A new token, shown once; older ones end in a day, so that the sender can change over."""
    row = _locked(ctx, connector_id)
    token, secret = accounts.issue_token(ctx, user_id=row.account_id, label=row.name[:80])
    until = ctx.now + timedelta(hours=OLD_TOKEN_HOURS)
    ended = accounts.limit_tokens(ctx, user_id=row.account_id, until=until, but_id=token.pk)
    _record(ctx, "token_rotated", row, {"older_tokens": ended})
    return row, secret


@transaction.atomic
def revoke_tokens(ctx: Ctx, *, connector_id: int) -> Connector:
    """End every token of a connector now."""
    row = _locked(ctx, connector_id)
    ended = accounts.limit_tokens(ctx, user_id=row.account_id, until=ctx.now)
    _record(ctx, "tokens_revoked", row, {"tokens": ended})
    return row


def _locked(ctx: Ctx, connector_id: int) -> Connector:
    row = queries.get_connector(ctx, connector_id)
    policy.require(ctx, P.CONNECTOR_MANAGE, row.agency_id)
    Connector.objects.select_for_update().get(pk=row.pk)
    return row


def _check_source(way: str, said: Registration) -> None:
    if way == Way.BUCKET and not queries.source_address(said.source_name):
        raise SourceUnknown(name=said.source_name, field="source_name")


def _check_place(
    way: str, said: Registration, *, agency_code: str, code: str, own_id: int | None = None
) -> None:
    """What a place holds may go to one agency only: raises ``SourceTaken`` where two would fetch from it."""
    place = queries.source_place(
        way, agency_code=agency_code, code=code, source_name=said.source_name, prefix=said.prefix
    )
    if not place:
        return
    with connection.cursor() as cursor:  # of two that register at once one sees the other
        cursor.execute("select pg_advisory_xact_lock(%s)", [PLACES])
    if queries.is_shared_place(way, place, but_id=own_id):
        is_bucket = way == Way.BUCKET
        shown = f"{said.source_name}/{said.prefix}".rstrip("/") if is_bucket else code
        raise SourceTaken(place=shown, field="prefix" if is_bucket else "code")


def _columns(said: Registration) -> dict[str, object]:
    return asdict(said) | {"mapping": dict(said.mapping)}


def _record(ctx: Ctx, act: str, row: Connector, detail: dict[str, str | int] | None = None) -> None:
    ledger.record(
        ctx, f"connectors:connector:{act}", object_type=OBJECT, object_id=row.pk, object_name=row.name,
        detail=detail or {},
    )  # fmt: skip
