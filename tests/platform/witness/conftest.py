"""An officer who keeps peers, and keys of the test's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lantai.kit.evidence.trust import TrustStore
from lantai.platform.context import Actor, Channel, Ctx, system_ctx
from lantai.platform.orgs.models import Org
from lantai.platform.orgs.types import OrgKind
from lantai.platform.witness import limits, services
from lantai.platform.witness.models import Peer
from lantai.platform.witness.permissions import P
from lantai.platform.witness.types import PeerRole
from tests.platform.witness.neighbours import Log, Witness

AT = datetime(2026, 3, 2, 1, 2, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own(keys: Path, settings: Any) -> None:
    """Keys, names and limits of this test alone."""
    settings.LANTAI_LOG_ORIGIN, settings.LANTAI_WITNESS_NAME = "ours.example/log", "ours.example/witness"
    settings.LANTAI_PUBLIC_URL = "https://ours.example"
    for bucket in (limits.CHECKPOINTS, limits.STAMPS):
        bucket._left.clear()


@pytest.fixture
def officer(db: None) -> Ctx:
    """A security officer of an archives."""
    org = Org.objects.create(code="W1", name="样例档案馆", kind=OrgKind.ARCHIVES, path="/1/")
    grants = {str(p): frozenset({org.pk}) for p in P}
    return Ctx(
        Actor(1, "安全管理员样例", frozenset({org.pk}), grants), org.pk, org.name, AT, "test", Channel.WEB
    )


@pytest.fixture
def system() -> Ctx:
    """Work that nobody asked for."""
    return replace(system_ctx(), now=AT)


def enter(ctx: Ctx, **told: Any) -> Peer:
    """A peer, its check number read out correctly."""
    check = services.check_number(TrustStore.parse(told["keys"]).keys)
    return services.add_peer(ctx, org_id=ctx.org_id, check=check, **told)


def enter_log(ctx: Ctx, log: Log) -> Peer:
    """A log that we witness."""
    return enter(ctx, name=f"样例 {log.origin}", role=PeerRole.ASKS, keys=log.trust(), log_origin=log.origin)


def enter_witness(ctx: Ctx, witness: Witness, **more: Any) -> Peer:
    """A witness of ours, which knows our log."""
    ours = services.own_keys().keys
    witness.trust = TrustStore(tuple(key for key in ours if not key.is_witness))
    told = {"name": f"见证 {witness.name}", "role": PeerRole.ASKED, "address": witness.address}
    return enter(ctx, keys=witness.verifier_keys(), **(told | more))
