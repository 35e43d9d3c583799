"""Every check: what passes it, what fails it, and what it says when nobody looked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from lantai.kit.fourprops import (
    AntivirusFacts,
    ClimateLog,
    EventFacts,
    FileRemark,
    FileState,
    Outcome,
    PackageProblem,
    PlannedClass,
    SignatureFound,
    SignatureKind,
    SignatureState,
    Stage,
    Stopped,
    WeaknessScan,
    report_rows,
    run,
    scheme_for,
)
from lantai.kit.fourprops.registry import REGISTRY
from tests.kit.fourprops.subjects import (
    CARRIER,
    FILE,
    README,
    TODAY,
    described,
    filed,
    item,
    subject,
)

DOCUMENT = scheme_for("document")
INVALID = SignatureFound("样例章", SignatureKind.SEAL, SignatureState.INVALID)
SCAN = WeaknessScan("样例测评机构", date(2024, 3, 1), 0)
CLIMATE = ClimateLog("样例库房", date(2023, 6, 1), date(2024, 6, 1), 15, 22, 45, 55)
BAD = (PackageProblem("样例问题 %(n)d", {"n": 1}, "样例/路径"),)
HINT = (replace(BAD[0], is_error=False),)
VIRUS = AntivirusFacts("样例杀毒软件", date(2024, 6, 1), 2, ("0001/正文.ofd",))
DAMAGED = (FileState.MISSING, FileState.EMPTY, FileState.TRUNCATED, FileState.BROKEN)
UNSIGNED_TIME = EventFacts("归档", None, "样例归档员")


def spoiled(*, items=None, package=None, environment=None):
    changes = {"package": package, "environment": environment}
    if items is not None:
        changes["items"] = items
    return changes


def first(changed):
    return spoiled(items=(changed, item(2)))


def package(**changes):
    return spoiled(package=changes)


def environment(**changes):
    return spoiled(environment=changes)


# code → changes to a perfect subject, each of which fails the check
FAILING = {
    "1-1-1": [first(filed(1, digests={"sm3": "00" * 32}))],
    "1-1-2": [first(filed(1, signatures=(INVALID,))), first(item(1, signatures=(INVALID,)))],
    "1-1-3": [package(signatures=(INVALID,))],
    "1-2": [first(described(1, title="长" * 501))],
    "1-3": [first(described(1, date="2011年3月")), first(described(1, year="11"))],
    "1-4": [first(described(1, documentAggregationType="一叠"))],
    "1-5": [
        first(described(1, year="2025")),
        first(described(1, year="1900")),
        first(described(1, date="20240604")),
        first(described(1, totalNumberOfPages="0")),
    ],
    "1-6": [
        first(described(1, title="样例\x07")),
        first(described(1, title="锟斤拷的通知")),
        first(described(1, title="样例\ufffd")),
        first(described(1, title="样例\ufdd0")),
        first(described(1, title="关于????的通知")),
    ],
    "1-7": [
        first(item(1, reference_code="Z109-WS-2011")),
        first(item(1, reference_code="", metadata={"title": "样例"})),
        first(described(1, archivalCode="Z109-WS·2011-Y-BGS-0002")),
        first(described(1, year="2012")),
        first(described(1, retentionPeriod="30年")),
        first(described(1, retentionPeriod="长期")),
        first(described(1, fondsIdentifier="Z110")),
    ],
    "1-8": [
        spoiled(items=(item(1), described(2, electronicRecordCode="样例0001"))),
        spoiled(items=(item(1), item(1))),
    ],
    "1-10": [
        first(filed(1, declared_size=999)),
        first(filed(1, declared_name="别名.ofd")),
        first(filed(1, declared_format="pdf")),
        first(filed(1, extension_ok=False)),
    ],
    "1-11": [
        first(item(1, files=())),
        first(filed(1, state=FileState.MISSING)),
        package(unlinked_files=("0003/正文.ofd",)),
    ],
    "1-12": [
        package(description={**README, "移交单位": " "}),
        package(catalogue_problems=BAD),
    ],
    "1-13": [package(structure_problems=BAD)],
    "1-14": [package(manifest_problems=BAD), package(digest="sm3:" + "00" * 32)],
    "1-14-2": [
        first(item(1, row={**item(1).row, name: other}))
        for name, other in (("title", "别的题名"), ("dated_on", "20110306"), ("page_count", "4"))
    ],
    "1-5-2": [],  # these only warn
    "1-8-2": [],
    "2-1": [
        package(declared_item_count=3),
        package(item_count=3, declared_item_count=3),
        spoiled(items=(), package={"declared_item_count": 0, "item_count": 0}),
    ],
    "2-2": [package(declared_bytes=2001), package(bytes=None, declared_bytes=1)],
    "2-3": [first(described(1, author=None))],
    "2-4": [first(described(1, author=" ")), first(described(1, author=None))],
    "2-5": [first(item(1, events=())), first(item(1, events=(UNSIGNED_TIME,)))],
    "2-6": [spoiled(items=(item(1), item(3))), spoiled(items=(item(2), item(3)))],
    "2-7": [first(filed(1, state=state)) for state in DAMAGED] + [first(filed(1, size=0))],
    "2-8": [first(item(1, declared_attachments=("附表.xlsx",)))],
    "2-9": [environment(plan=(PlannedClass("WS", "文书", 3, 2),))],
    "2-10": [package(metadata_problems=BAD)],
    "2-11": [package(declared_file_count=3), package(file_count=None, declared_file_count=1)],
    "3-1": [package(readable_metadata=False, metadata_problems=BAD)],
    "3-2": [environment(database_reachable=False)],
    "3-3": [first(filed(1, puid="fmt/40", mime="application/msword")), first(filed(1, puid="", mime=""))],
    "3-4": [first(filed(1, state=state)) for state in (*DAMAGED, FileState.ENCRYPTED)]
    + [first(filed(1, state=FileState.BROKEN, stopped=stopped)) for stopped in Stopped],
    "3-5": [],  # only warns
    "3-6": [],
    "3-7": [environment(last_restored_on=date(2020, 1, 1))],
    "3-8": [
        first(filed(1, facts={"has_javascript": True})),
        first(filed(1, remarks=(FileRemark("polyglot", "样例：同时是两种格式。"),))),
        first(filed(1, state=FileState.ENCRYPTED)),
        first(filed(1, state=FileState.ACTIVE)),
        first(filed(1, puid="x-fmt/263")),
    ],
    "4-1": [environment(antivirus=replace(VIRUS, definitions_on=date(2024, 1, 1)))],
    "4-2": [environment(antivirus=VIRUS)],
    "4-3": [package(extra_files=("缩略图.db",))],
    "4-4": [environment(carrier=replace(CARRIER, read_bytes_per_s=100))],
    "4-5": [environment(carrier=replace(CARRIER, looks_good=False, looked_at_by="样例检查员"))],
    "4-6": [environment(carrier=replace(CARRIER, disc_is_within_limits=False))],
    "4-7": [environment(log_is_intact=False)],
    "4-8": [environment(weaknesses=replace(SCAN, grave=1))],
    "4-9": [
        environment(climate=replace(CLIMATE, most_celsius=30.5)),
        environment(climate=replace(CLIMATE, least_humidity_percent=20)),
    ],
}
# code → changes after which nobody has looked: never a pass
UNSEEN = {
    "1-1-1": [first(filed(1, declared_digests={})), first(filed(1, digests={}))],
    "1-1-2": [
        first(filed(1, signatures=None)),
        first(
            filed(1, signatures=(SignatureFound("样例章", SignatureKind.SEAL, SignatureState.UNVERIFIED),))
        ),
    ],
    "1-10": [first(filed(1, declared_size=None, declared_name=None, declared_format=None))],
    "1-12": [package(description=None), package(catalogue_problems=None)],
    "1-13": [package(structure_problems=None)],
    "1-14": [
        package(manifest_problems=None, declared_digest=None),
        package(digest=None, manifest_problems=None),
    ],
    "2-1": [package(declared_item_count=None)],
    "2-2": [package(declared_bytes=None)],
    "2-6": [spoiled(items=(item(1), item(2, reference_code="样例")))],
    "2-7": [first(filed(1, state=None))],
    "2-10": [package(metadata_problems=None)],
    "2-11": [package(declared_file_count=None)],
    "3-1": [package(readable_metadata=None)],
    "3-2": [environment(database_reachable=None)],
    "3-4": [first(filed(1, state=None)), first(filed(1, state=FileState.UNSUPPORTED))],
    "3-7": [environment(last_restored_on=None)],
    "3-8": [first(filed(1, state=None))],
    "4-1": [environment(antivirus=None)],
    "4-2": [
        environment(antivirus=None),
        environment(antivirus=replace(VIRUS, scanned_files=0, infected=())),
        environment(antivirus=replace(VIRUS, scanned_files=1, infected=())),
        environment(antivirus=replace(VIRUS, infected=(), not_scanned=("0001/正文.ofd",))),
    ],
    "4-3": [package(extra_files=None)],
    "4-4": [environment(carrier=None), environment(carrier=replace(CARRIER, read_bytes_per_s=None))],
    "4-5": [environment(carrier=None)],
    "4-6": [environment(carrier=None), environment(carrier=replace(CARRIER, disc_is_within_limits=None))],
    "4-8": [environment(weaknesses=replace(SCAN, scanned_on=date(2022, 1, 1)))],
    "4-9": [environment(climate=replace(CLIMATE, last_on=date(2024, 1, 1)))],
}
WARNING = {
    "1-1-1": [first(filed(1, digests={"md5": "00"}, declared_digests={"MD5": "00"}))],
    "1-5": [first(described(1, date="20120305"))],
    "1-5-2": [
        first(item(1, events=(EventFacts("归档", datetime(2024, 6, 6, tzinfo=UTC), "样例归档员"),))),
        environment(sent_at=datetime(2024, 6, 6, tzinfo=UTC), received_at=datetime(2024, 6, 3, tzinfo=UTC)),
    ],
    "1-8-2": [
        spoiled(items=(filed(1, digests={"sm3": "cd" * 32}), filed(2, digests={"sm3": "cd" * 32}))),
        first(filed(1, held_as="Z109-WS·2010-Y-BGS-0009")),
    ],
    "1-6": [first(described(1, title=" 样例")), first(described(1, title="样例\ue000"))],
    "1-8": [
        spoiled(items=(item(1), described(2, title="关于样例工作1的通知", documentNumber="样办〔2011〕1号")))
    ],
    "1-13": [package(structure_problems=HINT)],
    "2-7": [first(described(1, totalNumberOfPages="4"))],
    "3-3": [first(filed(1, second_opinion="html"))],
    "3-5": [first(filed(1, puid="fmt/276")), first(filed(1, facts={"fonts_missing": 2}))],
}
# what always waits for a person or for a program outside of this one
OPEN = {"2-9", "3-4-2", "3-6", "4-5", "4-7", "4-8", "4-9"}
# what the document scheme leaves off: tested by the schemes of other kinds in test_kinds and test_compositions
ELSEWHERE = {
    *("1-9", "1-5-3", "1-8-3", "1-10-2", "1-10-3", "2-7-2", "2-7-3", "2-7-4", "2-7-5", "2-8-2", "2-8-3"),
    "3-3-2",
}


def stages_of(code):
    return [stage for stage in Stage if any(check.code == code for check, _ in DOCUMENT.checks_at(stage))]


def outcome(code, stage, changes):
    return run(subject(stage, **changes), DOCUMENT).result(f"{stage.prefix}-{code}").outcome


def cases(table):
    return [
        pytest.param(code, stage, changes, id=f"{stage.prefix}-{code}-{n}")
        for code, many in table.items()
        for stage in stages_of(code)
        for n, changes in enumerate(many)
    ]


def test_every_registered_check_has_samples_and_a_place_in_the_document_scheme():
    assert set(FAILING) | OPEN | ELSEWHERE == set(REGISTRY.checks)
    assert all(FAILING[code] or WARNING.get(code) or code in OPEN for code in FAILING)
    assert {code for code in REGISTRY.checks if not stages_of(code)} == ELSEWHERE


@pytest.mark.parametrize("stage", Stage)
def test_a_perfect_subject_passes_every_check_that_a_machine_can_make(stage):
    report = run(subject(stage), DOCUMENT)
    for result in report.results:
        expected = {Outcome.MANUAL, Outcome.NOT_RUN} if result.code[3:] in OPEN else {Outcome.PASS}
        if result.code[3:] == "1-1-3":
            expected = {Outcome.NOT_APPLICABLE}  # nobody signs such a package as a whole
        assert result.outcome in expected, (result.code, result.findings)


STAGED = {"2-6"}  # gaps are lawful after disposal, so that preservation only warns


@pytest.mark.parametrize(("code", "stage", "changes"), cases(FAILING))
def test_what_is_wrong_fails_its_check(code, stage, changes):
    if stage is Stage.PRESERVATION and code in STAGED:
        assert outcome(code, stage, changes) in {Outcome.WARN, Outcome.PASS}
    elif code == "1-12" and stage is not Stage.TRANSFER and changes["package"].get("description"):
        assert outcome(code, stage, changes) is Outcome.PASS  # only a transfer needs the readme
    else:
        assert outcome(code, stage, changes) is Outcome.FAIL


@pytest.mark.parametrize(("code", "stage", "changes"), cases(UNSEEN))
def test_what_nobody_looked_at_never_passes(code, stage, changes):
    found = outcome(code, stage, changes)
    if code == "1-12" and stage is not Stage.TRANSFER and "description" in changes["package"]:
        assert found is Outcome.PASS
    else:
        assert found in {Outcome.NOT_RUN, Outcome.MANUAL}


@pytest.mark.parametrize(("code", "stage", "changes"), cases(WARNING))
def test_what_is_doubtful_is_shown_and_fails_nothing(code, stage, changes):
    assert outcome(code, stage, changes) is Outcome.WARN


@pytest.mark.parametrize("code", sorted(OPEN))
def test_what_needs_an_eye_is_never_passed_by_the_machine(code):
    for stage in stages_of(code):
        assert outcome(code, stage, {}) in {Outcome.MANUAL, Outcome.NOT_RUN}


def test_at_least_25_checks_work_by_themselves_at_filing_and_transfer():
    for stage in Stage:
        codes = {check.code for check, _ in DOCUMENT.checks_at(stage)} - OPEN
        assert len(codes) >= 25


def test_rows_that_are_no_package_are_not_tested_as_one():
    report = run(subject(Stage.PRESERVATION, package={"kind": ""}), DOCUMENT)
    for code in ("1-12", "1-13", "1-14", "2-10", "2-11", "3-1"):
        assert report.result(f"BC-{code}").outcome is Outcome.NOT_APPLICABLE


def test_an_online_transfer_has_no_carrier_to_look_at():
    report = run(subject(Stage.TRANSFER, environment={"is_online": True, "carrier": None}), DOCUMENT)
    for code in ("4-4", "4-5", "4-6"):
        assert report.result(f"YJ-{code}").outcome is Outcome.NOT_APPLICABLE


def test_an_unsigned_file_is_not_asked_for_its_signature():
    items = (filed(1, signatures=()), filed(2, signatures=()))
    report = run(subject(Stage.TRANSFER, items=items), DOCUMENT)
    assert report.result("YJ-1-1-2").outcome is Outcome.NOT_APPLICABLE


def test_an_attachment_is_found_by_its_name_with_or_without_extension():
    attachment = replace(FILE, path="0001/附表.pdf", name="附表.pdf", is_attachment=True)
    for name in ("附表", "附表.pdf"):
        changed = item(1, files=(FILE, attachment), declared_attachments=(name,))
        assert outcome("2-8", Stage.FILING, first(changed)) is Outcome.PASS


def test_a_failure_names_its_place_its_reason_and_the_way_out():
    report = run(subject(Stage.TRANSFER, **first(filed(1, digests={"sm3": "00" * 32}))), DOCUMENT)
    row = next(row for row in report_rows(report) if row.code == "YJ-1-1-1")
    assert row.outcome == "不通过"
    assert "Z109-WS·2011-Y-BGS-0001" in row.place
    assert "正文.ofd" in row.place
    assert "sm3" in row.message
    assert row.remedy
    assert "01" * 32 in report.result("YJ-1-1-1").findings[0].evidence


def test_gaps_are_told_as_ranges():
    items = tuple(item(n) for n in (1, 3, 7))
    report = run(subject(Stage.FILING, items=items), DOCUMENT)
    assert report.result("GD-2-6").findings[0].params["missing"] == "2、4–6"


def test_a_date_that_only_names_the_year_may_be_today():
    this_year = described(1, date=str(TODAY.year), year=str(TODAY.year))
    assert outcome("1-5", Stage.FILING, first(this_year)) is Outcome.PASS


def test_an_act_with_time_and_agent_is_whole():
    event = EventFacts("登记", datetime(2011, 3, 6, tzinfo=UTC), "样例收文员")
    assert outcome("2-5", Stage.TRANSFER, first(item(1, events=(event,)))) is Outcome.PASS


def test_what_was_done_on_the_day_of_receipt_is_not_ahead_of_it_before_eight_in_china():
    midnight = EventFacts("归档", datetime(2024, 6, 3, tzinfo=UTC), "样例归档员")  # the day, without an hour
    at_dawn = {"received_at": datetime(2024, 6, 2, 17, tzinfo=UTC)}
    items = (item(1, events=(midnight,)), item(2))
    assert outcome("1-5-2", Stage.TRANSFER, {"items": items, "environment": at_dawn}) is Outcome.PASS
