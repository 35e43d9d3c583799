"""A subject in which everything is right, to be spoiled one thing at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from lantai.kit.fourprops import (
    AntivirusFacts,
    CarrierFacts,
    EnvironmentFacts,
    EventFacts,
    FileFacts,
    FileState,
    ItemFacts,
    PackageFacts,
    SignatureFound,
    SignatureKind,
    SignatureState,
    Stage,
    Subject,
)

TODAY = date(2024, 6, 3)
DIGEST = "ab" * 32
SIGNED = SignatureFound("样例电子印章", SignatureKind.SEAL, SignatureState.VALID, "样例市办公室")
FILE = FileFacts(
    path="0001/正文.ofd",
    name="正文.ofd",
    size=1000,
    declared_size=1000,
    declared_name="正文.ofd",
    declared_format="ofd",
    digests={"sha256": DIGEST, "sm3": DIGEST},
    declared_digests={"SM3": DIGEST.upper()},
    puid="lantai-fmt/1",
    mime="application/ofd",
    state=FileState.OK,
    extension_ok=True,
    pages=3,
    signatures=(SIGNED,),
)
README = {
    "移交单位": "样例市办公室",
    "内容描述": "样例",
    "起止档号": "Z109-WS·2011-Y-BGS-0001—0002",
    "档案数量": "2",
    "软硬件环境": "样例",
}


def digests(number: int) -> dict[str, object]:
    """Digests of a content of its own, as declared and as computed."""
    value = f"{number:02x}" * 32
    return {"digests": {"sha256": value, "sm3": value}, "declared_digests": {"SM3": value.upper()}}


def item(number: int, **changes: object) -> ItemFacts:
    code = f"Z109-WS·2011-Y-BGS-{number:04d}"
    facts = ItemFacts(
        key=f"件{number}",
        reference_code=code,
        metadata={
            "aggregationLevel": "文件",
            "fondsConstitutingUnitName": "样例市办公室",
            "electronicRecordCode": f"样例{number:04d}",
            "archivalCode": code,
            "fondsIdentifier": "Z109",
            "year": "2011",
            "retentionPeriod": "永久",
            "title": f"关于样例工作{number}的通知",
            "author": "样例市办公室",
            "date": "20110305",
            "documentNumber": f"样办〔2011〕{number}号",
            "securityClassification": "公开",
            "documentAggregationType": "单件",
            "totalNumberOfPages": "3",
        },
        files=(replace(FILE, path=f"{number:04d}/正文.ofd", **digests(number)),),
        events=(EventFacts("归档", datetime(2012, 6, 1, tzinfo=UTC), "样例归档员"),),
        declared_attachments=(),
        row={"title": f"关于样例工作{number}的通知", "dated_on": "2011-03-05", "page_count": "03"},
    )
    return replace(facts, **changes)


def described(number: int, **values: str | None) -> ItemFacts:
    """An item whose description differs in these elements; None takes an element away."""
    metadata = {**item(number).metadata, **values}
    return item(number, metadata={key: value for key, value in metadata.items() if value is not None})


def filed(number: int, **changes: object) -> ItemFacts:
    """An item whose file differs in these facts."""
    return item(number, files=(replace(item(number).files[0], **changes),))


ITEMS = (item(1), item(2))
PACKAGE = PackageFacts(
    kind="transfer",
    declared_item_count=2,
    item_count=2,
    declared_bytes=2000,
    bytes=2000,
    declared_file_count=2,
    file_count=2,
    declared_digest=f"sm3:{DIGEST}",
    digest=f"SM3:{DIGEST}",
    structure_problems=(),
    catalogue_problems=(),
    manifest_problems=(),
    metadata_problems=(),
    extra_files=(),
    unlinked_files=(),
    description=README,
    readable_metadata=True,
)
CARRIER = CarrierFacts("样例盘0001", "光盘", True, 900, 1000, True)
ENVIRONMENT = EnvironmentFacts(
    checked_on=TODAY,
    is_online=False,
    database_reachable=True,
    antivirus=AntivirusFacts("样例杀毒软件", date(2024, 6, 1), 2),
    carrier=CARRIER,
    last_restored_on=date(2024, 1, 1),
)


def subject(
    stage: Stage,
    *,
    items: tuple[ItemFacts, ...] = ITEMS,
    package: dict[str, object] | None = None,
    environment: dict[str, object] | None = None,
) -> Subject:
    return Subject(
        stage, replace(PACKAGE, **(package or {})), iter(items), replace(ENVIRONMENT, **(environment or {}))
    )
