"""Single-set management in the made-up region: one agency approved, one half way through its self-assessment."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from lantai.apps.holdings import queries as holdings
from lantai.apps.singleset import queries, services
from lantai.apps.singleset.models import Assessment
from lantai.site.demo.region import Region

APPROVED, BEGUN = "minzheng", "renshe"
_SAID = "样例：已建立并执行，见佐证材料。"


@transaction.atomic
def make_all(region: Region) -> int:
    """Two assessments once, all or nothing; how many."""
    if Assessment.objects.exists():
        return 0
    _approve(region, _filled(region, APPROVED, share=1))
    _filled(region, BEGUN, share=2)
    return 2


def _filled(region: Region, unit: str, *, share: int) -> Assessment:
    """An assessment of which one in ``share`` criteria, from the first on, has its answer."""
    clerk = region.ctx(unit, "agency_clerk")
    row = services.begin(
        clerk, org_id=region.org(unit).pk, kind_ids=[holdings.kind("document").pk],
        systems="样例办公系统 V1；样例档案系统 V1",
    )  # fmt: skip
    codes = [one.code for one in queries.terms_of(row).criteria]
    said = dict.fromkeys(codes[: len(codes) // share], ("met", _SAID))
    services.answer(clerk, assessment_id=row.pk, said=said)
    paper = "样例：电子文件管理办法。".encode()
    services.add_evidence(
        clerk, assessment_id=row.pk, code=codes[0], name="管理办法（样例）.txt", content=[paper]
    )
    return row


def _approve(region: Region, row: Assessment) -> None:
    """Sent by the agency's lead, reviewed by its own bureau, approved by the bureau above."""
    services.submit(region.ctx(APPROVED, "agency_lead"), assessment_id=row.pk)
    reviewer = region.ctx("shiju", "supervisor")
    said = {one.code: ("met", "样例：已核实。") for one in queries.terms_of(row).criteria}
    services.opine(reviewer, assessment_id=row.pk, said=said)
    services.finish_review(reviewer, assessment_id=row.pk)
    services.approve(
        region.ctx("bureau", "supervisor"), assessment_id=row.pk, valid_from=timezone.localdate(),
        approved_by=region.org("bureau").name, citation="样例批复〔2026〕9号",
    )  # fmt: skip
