"""Citizens ask for their records; one desk finds them, another person approves, certificates go out."""

from __future__ import annotations

from pathlib import Path

from lantai.apps.catalogue.models import Description
from lantai.apps.readingroom import services
from lantai.apps.readingroom.models import Certificate, Request
from lantai.apps.readingroom.types import Application, IdKind, Purpose, Relation
from lantai.platform.blobs import services as blobs
from lantai.platform.context import ANONYMOUS, Channel, Ctx
from lantai.platform.ledger import queries as ledger
from lantai.site.demo.region import Region
from lantai.site.demo.transfers import KEEPERS

ASKED = 4
SAMPLE_ID = "11010119900101001"  # seventeen figures of a made-up number; the check digit is worked out
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def apply_and_handle(region: Region) -> int:
    """A few applications by people who stand in marriage and educated-youth records; all but one are proposed."""
    wanted = Description.objects.filter(
        kind__slug__in=("marriage", "educated-youth"), custodian__code__in=KEEPERS, level="item"
    ).exclude(persons=[])
    records = list(wanted.select_related("custodian", "kind").order_by("pk")[:ASKED])
    for number, record in enumerate(records):
        request = services.submit_request(_visitor(region), _application(record), submit_key=f"demo-{number}",
                                          address="127.0.0.1")  # fmt: skip
        if number < ASKED - 1:
            _handle(region, request, record)
    return len(records)


def _visitor(region: Region) -> Ctx:
    clock = region.ctx("shiguan", "reading_clerk").now
    return Ctx(ANONYMOUS, None, "", clock, "demo", Channel.COMMAND)


def _application(record: Description) -> Application:
    return Application(
        archives_id=record.custodian_id,
        topic="marriage" if record.kind.slug == "marriage" else "zhiqing",
        relation=Relation.SELF,
        purpose=Purpose.PERSONAL,
        persons=tuple(record.persons),
        applicant_name=record.persons[0],
        id_kind=IdKind.RESIDENT,
        id_number=_with_check_digit(SAMPLE_ID),
        phone="13800000000",
        years=str(record.year or ""),
        clue="样例申请：申请人与号码均为虚构。",
    )


def _with_check_digit(figures: str) -> str:
    """GB 11643: the eighteenth character."""
    total = sum(int(figure) * weight for figure, weight in zip(figures, _WEIGHTS, strict=True))
    return figures + "10X98765432"[total % 11]


def _handle(region: Region, request: Request, record: Description) -> None:
    clerk = region.ctx(KEEPERS[record.custodian.code], "reading_clerk")
    state = Request.objects.values_list("state", flat=True).get(pk=request.pk)
    if state == "submitted":
        services.accept_request(clerk, request.pk)
        state = "accepted"
    if state == "accepted":
        finding = services.link_finding(clerk, request_id=request.pk, description_id=record.pk)
        said = f"经查，本馆所藏档案（{record.reference_code}）载有“{record.title}”。样例证明，不具效力。"
        services.write_statement(clerk, finding_id=finding.pk, statement=said)
        services.propose_certificate(clerk, request.pk)


def approve_all(region: Region) -> int:
    """The approver, a second person, agrees; the certificate is made by a job."""
    waiting = list(Request.objects.filter(state="proposed").select_related("archives"))
    for request in waiting:
        services.approve_certificate(region.ctx(KEEPERS[request.archives.code], "approver"), request.pk)
    return len(waiting)


def keep_example(folder: Path) -> Path | None:
    """Write one certificate and the public keys beside it, to be checked without the site; None if there is none."""
    certificate = Certificate.objects.order_by("pk").first()
    if certificate is None:
        return None
    path = folder / "certificate.pdf"
    with blobs.open_blob(certificate.blob_key) as source:
        path.write_bytes(source.read())
    (folder / "trust.txt").write_text(ledger.trust_text(), "utf-8")
    return path
