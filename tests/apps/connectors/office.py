"""An agency whose office system is connected: registered, allowed in, with its token."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lantai.apps.connectors import services
from lantai.apps.connectors.models import Connector, Delivery
from lantai.apps.connectors.types import Registration, Way
from lantai.apps.holdings import queries as holdings_queries
from lantai.apps.holdings import services as holdings
from lantai.apps.holdings.models import Fonds
from lantai.platform.accounts import services as accounts
from lantai.platform.context import Ctx
from lantai.platform.jobs import execution
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import RunState
from tests.apps.holdings.region import COMMAND, Region, make_region

PASSWORD = "sample-only-Pass-2026"
DELIVERIES = "/api/connectors/deliveries"


@dataclass
class Office:
    """A region with its officers, one fonds, and a connector that pushes."""

    region: Region
    fonds: Fonds
    connector: Connector
    secret: str = ""

    @property
    def clerk(self) -> Ctx:
        """Handles deliveries."""
        return self.region.ctx("agency_clerk")

    @property
    def officer(self) -> Ctx:
        """Registers connectors."""
        return self.region.ctx("system_officer")

    def call(self, method: str, url: str, data: Any = None, **headers: str) -> Any:
        """A request of the office system."""
        signed = {"authorization": f"Bearer {self.secret}"} | headers
        return getattr(Client(raise_request_exception=False), method)(url, data, headers=signed)

    def push(self, key: str, *documents: dict[str, Any], **headers: str) -> Any:
        """Documents whose files are (name, bytes)."""
        parts, said = [], []
        for one in documents:
            files = one.get("files", [])
            parts += [SimpleUploadedFile(name, data) for name, data in files]
            said.append(one | {"files": [{"name": name} for name, _data in files]})
        body = {"metadata": json.dumps({"documents": said}), "files": parts}
        return self.call("post", DELIVERIES, body, **({"idempotency-key": key} | headers))

    def delivery(self, answer: Any) -> Delivery:
        """The delivery that a receipt names."""
        assert answer.status_code == 202, answer.content.decode()
        return Delivery.objects.get(pk=answer.json()["delivery"])

    def registered(self, code: str, way: str, **changes: Any) -> Connector:
        """Another connector of the agency, allowed in."""
        return register(self.region, self.fonds, code, way, **changes)


def document(key: str, *files: tuple[str, bytes], **changes: Any) -> dict[str, Any]:
    """A document as a system describes it."""
    held = list(files or ((f"{key}.txt", f"样例正文 {key}".encode()),))
    return {
        "external_key": key,
        "title": f"关于样例 {key} 的通知",
        "dated_on": "2026-03-05",
        "files": held,
    } | changes


def settle() -> None:
    """The worker's part, run by run."""
    while ids := list(Run.objects.filter(state=RunState.QUEUED).order_by("pk").values_list("pk", flat=True)):
        for run_id in ids:
            execution.execute(run_id)


def registration(**changes: Any) -> Registration:
    """What an officer enters."""
    values = {
        "name": "样例办公系统",
        "source_system": "样例办公自动化系统 V1",
        "kind_id": holdings_queries.kind("document").pk,
        "mapping": {},
    }
    return Registration(**(values | changes))


def register(
    region: Region, fonds: Fonds, code: str, way: str, role: str = "oa_connector", **changes: Any
) -> Connector:
    """A connector whose account the security officer has given its role."""
    row = services.register_connector(
        region.ctx("system_officer"), fonds_id=fonds.pk, code=code, way=way, said=registration(**changes)
    )
    accounts.assign_role(
        region.ctx("security_officer"), user_id=row.account_id, role=role, org_id=region.agency.pk,
        starts_on=date(2026, 1, 1),
    )  # fmt: skip
    return row


def make_office(letter: str) -> Office:
    """An office of its own."""
    holdings.install_rules(COMMAND)
    region = make_region(letter)
    for role in ("system_officer", "security_officer"):
        region.people[role] = accounts.set_up_account(
            COMMAND, username=f"{role}.{letter.lower()}", name=f"样例{role}", org=region.bureau, password=PASSWORD,
            role=role,
        )  # fmt: skip
    fonds = region.fonds(f"{letter}109")
    office = Office(region, fonds, register(region, fonds, "oa", Way.PUSH))
    _row, office.secret = services.rotate_token(office.officer, connector_id=office.connector.pk)
    return office
