"""One defect at a time in composed items: the right rule names it at the right place, with what to do."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from lantai.kit.compositions import ELEMENT, Placed, composition_of, write_lines
from lantai.kit.fourprops import FileFacts, Finding, ItemFacts, Outcome, Stage, run, scheme_for
from tests.kit.fourprops.subjects import subject
from tests.kit.fourprops.test_kinds import COMMON, MATTER

CODES = ("1-5-3", "1-8-3", "1-10-3", "2-7-3", "2-7-4", "2-7-5", "2-8-2", "2-8-3")
FAIL, WARN = Outcome.FAIL, Outcome.WARN


@dataclass
class Made:
    """A file and what is noted of it."""

    part: str
    name: str
    mime: str = "application/pdf"
    facts: dict[str, object] | None = None
    noted: dict[str, str] | None = None


def record(scheme: str, metadata: dict[str, str], *made: Made, key: str = "1", **changes) -> ItemFacts:
    files = tuple(
        FileFacts(path=f"{key}/{one.name}", name=one.name, size=9, mime=one.mime, state="ok",
                  role="main" if not place else "attachment", facts=one.facts or {})
        for place, one in enumerate(made)
    )  # fmt: skip
    placed = [Placed(one.part, one.name, one.noted or {}) for one in made]
    lines = write_lines(composition_of(scheme), placed)
    return replace(ItemFacts(key, metadata={**COMMON, **metadata, ELEMENT: lines}, files=files), **changes)


def invoice(number: str, amount: str, **noted: str) -> Made:
    read = {"invoice_number": number, "invoice_total": amount, "invoice_date": "2023-03-01"}
    said = {"number": number, "amount": amount, "issuedOn": "20230301", **noted}
    return Made("invoice", f"发票{number}.xml", "application/xml", read, said)


VOUCHER = [
    Made("voucher", "记账凭证.pdf"),
    invoice("00001", "100.00"),
    invoice("00002", "200.00"),
    Made("source", "回单.pdf", noted={"number": "样1", "amount": "300"}),
]
STAGES = ("application", "acceptance", "review", "decision", "service")
NAMES = ("申请书", "受理通知书", "审查意见", "准予决定书", "送达回证")
DAYS = ("appliedOn", "acceptedOn", "examinedOn", "decidedOn", "servedOn")
DATED = {name: f"2023030{n}" for n, name in enumerate(DAYS, 1)}
PAPERS = [
    Made(stage, f"{n}-{name}.ofd", "application/ofd", noted={"material": name, "madeOn": f"2023030{n}"})
    for n, (stage, name) in enumerate(zip(STAGES, NAMES, strict=True), 1)
]


def photo(number: int, **noted: str) -> Made:
    said = {"caption": f"样例第{number}张", "takenAt": f"2023-03-05T09:0{number}"} | noted
    return Made("photo", f"{number}.jpg", "image/jpeg", {"taken_at": f"2023-03-05T09:0{number}:30"}, said)


GROUP = [photo(1), photo(2), photo(3), Made("group-caption", "组说明.txt", "text/plain")]
SAID = {"segments": "00:00:00-00:00:40；00:00:40-00:01:29", "transcriber": "样例整理人"}
SOUND = [
    Made("original", "录音.wav", "audio/x-wav", {"duration_ms": 90_200}),
    Made("access", "利用件.mp3", "audio/mpeg", {"duration_ms": 90_200}, {"duration": "00:01:30"}),
    Made("transcript", "文字稿.txt", "text/plain", noted=SAID),
]


def voucher(made: list[Made] = VOUCHER, /, amount: str = "300.00", **changes) -> ItemFacts:
    said = {"voucherKind": "凭证", "amount": amount, "attachmentCount": "3", "fiscalYear": "2023"}
    return record("voucher", said, *made, **changes)


def matter(made: list[Made] = PAPERS, /, **changes: str) -> ItemFacts:
    listed = "；".join(NAMES)
    return record("service_matter", {**DATED, "materials": listed, **changes}, *made, events=MATTER)


def group(made: list[Made] = GROUP, /, key: str = "1", **changes: str) -> ItemFacts:
    said = {"photoCount": "3", "groupNumber": "1", "caption": "样例活动"}
    return record("photo", {**said, **changes}, *made, key=key)


def sound(made: list[Made] = SOUND, /, **changes: str) -> ItemFacts:
    return record("audio", {"language": "方言", "duration": "00:01:30", **changes}, *made)


def but(made: list[Made], place: int, **changes) -> list[Made]:
    """The files with one of them changed."""
    return [replace(one, **changes) if n == place else one for n, one in enumerate(made)]


def without(made: list[Made], place: int) -> list[Made]:
    return [one for n, one in enumerate(made) if n != place]


def noted(made: list[Made], place: int, **values: str) -> list[Made]:
    return but(made, place, noted={**(made[place].noted or {}), **values})


GOOD = {"voucher": voucher(), "service_matter": matter(), "photo": group(), "audio": sound()}


def findings(scheme: str, *items: ItemFacts) -> list[tuple[str, Finding]]:
    report = run(subject(Stage.TRANSFER, items=items), scheme_for(scheme))
    return [
        (result.code.removeprefix("YJ-"), finding)
        for result in report.results
        for finding in result.findings
        if finding.outcome in (FAIL, WARN) and result.code.removeprefix("YJ-") in CODES
    ]


@pytest.mark.parametrize("scheme", GOOD)
def test_nothing_is_found_in_a_whole_composition(scheme):
    assert findings(scheme, GOOD[scheme]) == []


@dataclass(frozen=True)
class Defect:
    """What is wrong, the code that must name it, and words that must be in place or message."""

    name: str
    scheme: str
    code: str
    where: str
    items: tuple[ItemFacts, ...]
    outcome: Outcome = FAIL


def defect(name, scheme, code, where, *items, outcome=FAIL):
    return pytest.param(Defect(name, scheme, code, where, items, outcome), id=name)


DEFECTS = [
    defect("voucher without its sheet", "voucher", "2-7-3", "记账凭证", voucher(VOUCHER[1:])),
    defect("file named in the composition is missing", "voucher", "2-7-3", "回单.pdf",
           replace(voucher(), files=voucher().files[:3])),
    defect("file that nobody has placed", "voucher", "2-7-3", "多余.pdf",
           replace(voucher(), files=(*voucher().files, replace(voucher().files[0], name="多余.pdf"))),
           outcome=WARN),
    defect("part of another kind", "voucher", "2-7-3", "照片", voucher(but(VOUCHER, 3, part="照片"))),
    defect("invoice in a format that is none", "voucher", "2-7-3", "image/gif",
           voucher(but(VOUCHER, 1, mime="image/gif"))),
    defect("invoice without a number", "voucher", "2-7-3", "发票号码",
           voucher(but(VOUCHER, 1, facts={"invoice_total": "100.00"}, noted={"amount": "100.00"}))),
    defect("invoices do not add up", "voucher", "2-8-2", "金额", voucher(amount="301.00"), outcome=WARN),
    defect("typed invoices do not add up", "voucher", "2-8-2", "金额",
           voucher(noted(but(VOUCHER, 1, facts={}), 1, amount="101.00")), outcome=WARN),
    defect("invoice number mistyped", "voucher", "1-10-3", "发票号码",
           voucher(noted(VOUCHER, 1, number="00009"))),
    defect("invoice amount mistyped", "voucher", "1-10-3", "价税合计", voucher(noted(VOUCHER, 2, amount="20"))),
    defect("invoice date mistyped", "voucher", "1-10-3", "开票日期",
           voucher(noted(VOUCHER, 2, issuedOn="2023-03-02"))),
    defect("invoice in two vouchers", "voucher", "1-8-3", "00001",
           voucher(), voucher(key="2", reference_code="B")),
    defect("invoice twice in one voucher", "voucher", "1-8-3", "00001",
           voucher([*VOUCHER, replace(VOUCHER[1], name="发票再来.xml")])),
    defect("invoice already in the fonds", "voucher", "1-8-3", "KU-9",
           replace(voucher(), files=tuple(
               replace(one, held_values={"number": "KU-9"}) if n == 1 else one
               for n, one in enumerate(voucher().files)))),
    *(defect(f"no paper of the stage {name}", "service_matter", "2-7-3", "至少应有", matter(without(PAPERS, n)))
      for n, name in enumerate(NAMES)),
    defect("material on the list is missing", "service_matter", "2-8-3", "现场照片",
           matter(materials="；".join((*NAMES, "现场照片")))),
    defect("material not on the list", "service_matter", "2-8-3", "送达回证",
           matter(materials="；".join(NAMES[:4])), outcome=WARN),
    defect("application dated after acceptance", "service_matter", "1-5-3", "申请书",
           matter(noted(PAPERS, 0, madeOn="2023-03-04"))),
    defect("photos of the group counted wrongly", "photo", "2-7-4", "张数", group(photoCount="4")),
    defect("group over items counted wrongly", "photo", "2-7-4", "张数",
           *(group(GROUP[:1], key=str(n)) for n in range(2)), outcome=WARN),
    defect("items of a group disagree", "photo", "2-7-4", "张数",
           group(GROUP[:1]), group(GROUP[:1], key="2", photoCount="9")),
    defect("photo of a group without a caption", "photo", "2-7-3", "文字说明", group(noted(GROUP, 1, caption=""))),
    defect("two captions of the group", "photo", "2-7-3", "组说明",
           group([*GROUP, replace(GROUP[3], name="又一说明.txt")])),
    defect("group without photos", "photo", "2-7-3", "照片", group(GROUP[3:])),
    defect("photo taken at another time", "photo", "1-10-3", "摄影时间",
           group(noted(GROUP, 1, takenAt="2023-03-05T10:00"))),
    defect("photo of another day than the record", "photo", "1-10-3", "摄影时间",
           group(noted(GROUP[:1], 0, takenAt=""), photoCount="1", date="20230306"), outcome=WARN),
    defect("copy shorter than noted", "audio", "1-10-3", "时长", sound(noted(SOUND, 1, duration="00:03:00"))),
    defect("dialect without a transcript", "audio", "2-7-3", "文字稿", sound(SOUND[:2])),
    defect("no master", "audio", "2-7-3", "原始录音", sound(SOUND[1:])),
    defect("segments out of order", "audio", "2-7-5", "文字稿",
           sound(noted(SOUND, 2, segments="00:00:40-00:01:00、00:00:10-00:00:40"))),
    defect("segment that is none", "audio", "2-7-5", "开头", sound(noted(SOUND, 2, segments="开头"))),
    defect("segments beyond the end", "audio", "2-7-5", "200",
           sound(noted(SOUND, 2, segments="00:00:00-00:03:20"))),
]  # fmt: skip


@pytest.mark.parametrize("found", DEFECTS)
def test_a_defect_of_a_composition_is_named_by_its_rule_at_its_place(found: Defect):
    told = findings(found.scheme, *found.items)
    said = [
        (code, f"{one.place} {one.message % one.params}", one.outcome)
        for code, one in told
        if one.remedy and one.place.item
    ]
    assert any(
        code == found.code and found.where in words and outcome is found.outcome
        for code, words, outcome in said
    ), told


def test_every_composition_is_of_an_element_scheme_that_holds_what_it_names():
    from lantai.kit.compositions import names
    from lantai.kit.metadata import load

    for name in names():
        rule, elements = composition_of(name), load(name)
        asked = [ELEMENT, rule.materials, rule.count, *rule.group, *(part.on for part in rule.parts)]
        asked += [part.when.partition("=")[0] for part in rule.parts]
        asked += [one.item for part in rule.parts for one in part.elements]
        assert {one for one in asked if one and elements.find(one) is None} == set()


def test_a_package_that_says_nothing_of_parts_is_read_by_names_and_contents():
    plain = {key: value for key, value in voucher().metadata.items() if key != ELEMENT}
    assert findings("voucher", replace(voucher(), metadata=plain)) == []
    gone = replace(voucher(), metadata=plain, files=voucher().files[1:])
    assert next(code for code, _one in findings("voucher", gone)) == "2-7-3"
