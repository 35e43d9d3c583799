"""A connector in the made-up region: a watched folder of one agency, with what is taken through it and what is not."""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lantai.apps.connectors import services
from lantai.apps.connectors.models import Connector
from lantai.apps.connectors.types import Registration, Way
from lantai.apps.holdings import queries as holdings
from lantai.platform.accounts import services as accounts
from lantai.site.demo import papers
from lantai.site.demo.region import Region

UNIT, CODE = "minzheng", "oa"
TAKEN = tuple(f"{papers.LATER}OA-{number}" for number in (1, 2))  # the keys of what is taken in
_REGISTERED = {
    "name": "民政办公系统（样例）",
    "source_system": "样例办公自动化系统 V1，样例运维单位",
    "mapping": {"title": "bt", "document_number": "wh", "elements.keyword": "ztc"},
    "silent_after_hours": 72,
}


def deliver(region: Region) -> int:
    """Register the connector, lay three deliveries into its folder once, and look; how many were laid."""
    agency = region.org(UNIT)
    if Connector.objects.filter(agency=agency, code=CODE).exists():
        return 0
    place = Path(settings.LANTAI_CONNECTOR_FOLDERS) / agency.code / CODE
    place.mkdir(parents=True, exist_ok=True)  # laid before anybody looks: after a kill it is laid again
    _lay(place, "样例通知", _document(1), _document(2))
    _lay(place, "样例机构不符", _document(3) | {"class_code": "NONE"})
    _lay(place, "样例缺文件", _document(4) | {"files": [{"name": "没有放进来的附件.docx"}]})
    with transaction.atomic():
        _registered(region)
    look(region)
    return 3


def look(region: Region) -> int:
    """One look of the connector: what lies ready is fetched, and what became of earlier ones is written back."""
    row = Connector.objects.select_related("account__org").filter(agency=region.org(UNIT), code=CODE).get()
    return int(services.start_look(row))


def _registered(region: Region) -> None:
    """By two officers: one registers, the other gives the machine account its role."""
    kind = holdings.kind("document").pk
    row = services.register_connector(
        region.ctx("bureau", "system_officer"), fonds_id=region.fonds[UNIT].pk, code=CODE, way=Way.FOLDER,
        said=Registration(kind_id=kind, **_REGISTERED),  # type: ignore[arg-type]
    )  # fmt: skip
    accounts.assign_role(
        region.ctx("bureau", "security_officer"), user_id=row.account_id, role="oa_connector",
        org_id=region.org(UNIT).pk, starts_on=timezone.localdate(),
    )  # fmt: skip


def _document(number: int) -> dict[str, object]:
    """As the office system describes it, by its own names; it waits on the desk like what came later."""
    return {
        "external_key": f"{papers.LATER}OA-{number}", "bt": f"关于样例工作第 {number} 号的通知",
        "wh": f"样民〔2026〕{number}号", "ztc": "样例", "dated_on": "2026-11-02", "class_code": "BGS",
        "retention": "D30", "files": [{"name": "正文.txt"}],
    }  # fmt: skip


def _lay(place: Path, name: str, *documents: dict[str, object]) -> None:
    """What the other system does: a folder, and the mark that it is whole."""
    inside = place / name
    inside.mkdir(exist_ok=True)
    body = []
    for number, one in enumerate(documents, 1):
        files = [{"name": f"{number}-{file['name']}"} for file in one["files"]]  # type: ignore[attr-defined]
        body.append(one | {"files": files})
        if "没有" not in files[0]["name"]:
            (inside / files[0]["name"]).write_text(f"样例正文：{one['bt']}。", "utf-8")
    (inside / "metadata.json").write_text(json.dumps({"documents": body}, ensure_ascii=False), "utf-8")
    (place / f"{name}.ready").touch()
