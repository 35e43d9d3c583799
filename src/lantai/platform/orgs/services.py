"""Writes of the region tree."""

from __future__ import annotations

from django.db import transaction

from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.orgs.models import Org
from lantai.platform.orgs.types import OrgCodeTaken, OrgKind


@transaction.atomic
def found_org(
    ctx: Ctx, *, code: str, name: str, kind: OrgKind, parent: Org | None = None, archives: Org | None = None
) -> Org:
    """Enter an organisation into the tree.

    ``archives`` is the comprehensive archives that an agency transfers to. Raises ``OrgCodeTaken``.
    The caller (set-up, or the accounts pages) has checked the permission.
    """
    if other := Org.objects.filter(code=code).first():
        raise OrgCodeTaken(code=code, name=other.name, field="code")
    org = Org.objects.create(code=code, name=name, kind=kind, parent=parent, archives=archives, path="")
    org.path = f"{parent.path if parent else '/'}{org.pk}/"
    Org.objects.filter(pk=org.pk).update(path=org.path)
    ledger.record(
        ctx,
        "orgs:org:founded",
        object_type="orgs:org",
        object_id=org.pk,
        object_name=name,
        detail={"code": code, "kind": str(kind)},
    )
    return org
