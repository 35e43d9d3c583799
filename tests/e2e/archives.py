"""What is done inside each of two installations that report and take reports; called by their own processes."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

from django.utils import timezone

from lantai.apps.catalogue import services as catalogue
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.types import NewRow
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings import services as holdings_services
from lantai.apps.holdings.models import Fonds
from lantai.apps.interop import services
from lantai.apps.interop.models import Channel, Dispatch, Foreign, Source
from lantai.platform.accounts import services as accounts
from lantai.platform.accounts.models import ApiToken, User
from lantai.platform.orgs import services as orgs
from lantai.platform.orgs.types import OrgKind
from tests.apps.holdings.region import COMMAND, Region, make_region

KEY = "lt_sample-reporting-key"


def superior() -> None:
    """The bureau's installation: it knows the archives below it, and takes its reports by a key."""
    holdings_services.install_rules(COMMAND)
    for number in range(7):  # so that no number of a row is the same in both
        orgs.found_org(COMMAND, code=f"{number}X", name=f"{number}县（样例）", kind=OrgKind.REGION)
    region = make_region("R")
    machine = accounts._new_user(
        COMMAND, username="reporter", name="报送", org=region.archives, password="", email="", is_machine=True
    )
    role = accounts._role_at("catalogue_reporter", region.archives)
    accounts._assign(
        COMMAND, user=machine, role=role, org=region.archives, starts_on=COMMAND.now.date(), ends_on=None
    )
    ApiToken.objects.create(user=machine, label="报送", digest=hashlib.sha256(KEY.encode()).hexdigest())
    Source.objects.create(
        org=region.bureau, name="样例馆", way="report", reporter=region.archives, created_at=COMMAND.now
    )


def agreed(is_enabled: bool) -> None:
    """The bureau takes reports, or no more."""
    Source.objects.update(is_enabled=is_enabled)


def held() -> None:
    """What the bureau holds."""
    rows = Foreign.objects.filter(is_deleted=False).values_list("reference_code", "title")
    print(json.dumps({"held": dict(rows), "gone": Foreign.objects.filter(is_deleted=True).count()}))


def archives(port: int, count: int) -> None:
    """The archives' installation with rows, and where it reports."""
    holdings_services.install_rules(COMMAND)
    region = make_region("R")
    fonds = region.fonds()
    _enter(region, fonds, 1, count)
    services.register_channel(
        region.ctx("cataloguer"),
        org_id=region.archives.pk,
        name="向局报送",
        address=f"http://127.0.0.1:{port}",
        key_name="bureau",
    )


def _enter(region: Region, fonds: Fonds, start: int, count: int) -> None:
    kind = holdings.kind("document").pk
    catalogue.enter(
        region.ctx("cataloguer"),
        rows=(
            NewRow(
                fonds_id=fonds.pk,
                custodian_id=region.archives.pk,
                kind_id=kind,
                reference_code=f"{fonds.code}-WS·2003-D30-{number:05}",
                title=f"样例事项第{number}号",
                openness="open",
            )
            for number in range(start, start + count)
        ),
    )


def changes() -> None:
    """One row changed, three withdrawn."""
    user = User.objects.get(username="cataloguer.r")
    ctx = accounts.context_for(user, channel=COMMAND.channel, request_id="test")
    first, *others = Description.objects.order_by("pk")[:4]
    catalogue.describe_many(ctx, changes=[(first.pk, first.revision, {"title": "改过的题名"})])
    catalogue.withdraw(ctx, ids=[row.pk for row in others])


def due(port: int) -> None:
    """The time of the next report has come, by that way."""
    while services.follow():  # the beats of the worker, which come by the clock
        pass
    Channel.objects.update(next_at=timezone.now() - timedelta(minutes=1), address=f"http://127.0.0.1:{port}")
    services.start_due()


def reported() -> None:
    """What the archives knows of its reports."""
    (channel,) = Channel.objects.all()
    said = Dispatch.objects.order_by("pk").values_list(
        "attempts", "sent_count", "withdrawn_count", "accepted_count", "acknowledged_at"
    )
    batches = [[*counts, at is not None] for *counts, at in said]
    is_next = channel.next_at is not None and channel.next_at > timezone.now()
    print(json.dumps({"error": channel.last_error, "batches": batches, "is_next": is_next}))
