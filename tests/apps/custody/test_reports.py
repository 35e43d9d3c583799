from __future__ import annotations

from copy import deepcopy
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from lantai.apps.custody import queries
from lantai.apps.custody.models import CheckResult, CheckRun
from lantai.apps.custody.services import fixers, record_check, reporting
from lantai.apps.custody.types import (
    FindingsWanted,
    NothingToOverride,
    Occasion,
    OverrideAsked,
    OverrideForbidden,
    ReportNotKept,
)
from lantai.apps.holdings import services as holdings
from lantai.kit.errors import Invalid, Missing
from lantai.kit.fourprops.engine import run as run_checks
from lantai.kit.fourprops.facts import (
    AntivirusFacts,
    EnvironmentFacts,
    FileFacts,
    FileState,
    ItemFacts,
    PackageFacts,
    Subject,
)
from lantai.kit.fourprops.report import Report
from lantai.kit.fourprops.scheme import scheme_for
from lantai.kit.fourprops.vocabulary import Outcome, Stage
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.context import Channel, system_ctx
from lantai.platform.ledger.models import Entry
from lantai.platform.notify.models import Notice
from tests.region import World, build_world

SUBJECT = ("sample:box", 1)


@pytest.fixture(scope="module")
def ruled(kept: None) -> World:
    holdings.install_rules(system_ctx(Channel.COMMAND))
    return build_world()


@pytest.fixture
def world(ruled: World, db) -> World:
    return deepcopy(ruled)


def letter(number: int, *, title: str = "样例") -> ItemFacts:
    code = f"0109-WS·2026-Y-BGS-{number:04d}"
    file = FileFacts(f"{code}/正文.pdf", state=FileState.OK, puid="fmt/354", mime="application/pdf", size=9)
    metadata = (
        {"archivalCode": code, "title": title, "date": "2026-01-05"} if title else {"archivalCode": code}
    )
    return ItemFacts(code, code, metadata, (file,))


def record(world: World, *items: ItemFacts, infected: tuple[str, ...] = ()) -> CheckRun:
    scanner = AntivirusFacts("样例杀毒", date(2026, 11, 20), len(items), infected)
    environment = EnvironmentFacts(checked_on=date(2026, 11, 20), antivirus=scanner, is_online=True)
    report = run_checks(Subject(Stage.TRANSFER, PackageFacts(), items, environment), scheme_for("document"))
    return record_check(
        world.ctx("archivist"),
        report,
        occasion=Occasion.TRANSFER,
        subject=SUBJECT,
        subject_name="样例移交批次",
        org_id=world.archives.pk,
        subject_org_id=world.agency.pk,
        started_at=timezone.now(),
    )


def shown(client, world: World, name: str, address: str) -> str:
    client.force_login(world.people[name], backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_report_is_kept_whole_and_says_the_same_to_a_machine(world, client):
    check = record(world, letter(1), letter(2, title=""))
    kept = queries.report_of(check)
    assert (kept.conclusion, kept.items_checked) == (check.conclusion, 2)
    client.force_login(
        world.people["archivist"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    answer = client.get(reverse("custody:check_json", args=[check.pk]))
    assert Report.from_json(answer.content.decode()) == kept
    workbook = client.get(reverse("custody:check_xlsx", args=[check.pk]))
    paper = client.get(reverse("custody:check_pdf", args=[check.pk]))
    assert (workbook.content[:2], paper.content[:5]) == (b"PK", b"%PDF-")
    kinds = [one.detail["kind"] for one in Entry.objects.filter(act="custody:check:exported").order_by("pk")]
    assert kinds == ["json", "xlsx", "pdf"]


def test_findings_are_grouped_filtered_and_paged(world, client):
    check = record(world, *(letter(n, title="") for n in range(1, 151)))
    page = shown(client, world, "archivist", check.get_absolute_url())
    assert "上一页" not in page and "检测 150 件" in page
    ids = list(queries.findings(check.pk, FindingsWanted()).values_list("pk", flat=True))
    seen, after = [], 0
    while True:
        found = queries.findings_page(queries.findings(check.pk, FindingsWanted()), after=after, before=0)
        seen += [one.pk for one in found.rows]
        if not found.has_after:
            break
        after = seen[-1]
        assert f"?after={after}#findings" in page
        page = shown(client, world, "archivist", f"{check.get_absolute_url()}?after={after}")
        assert f"?before={ids[len(seen)]}#findings" in page
    assert seen == ids and len(ids) > queries.FINDINGS_A_PAGE and "下一页" not in page
    back = shown(client, world, "archivist", f"{check.get_absolute_url()}?before={ids[100]}&after=x")
    assert f"?after={ids[99]}#findings" in back and "上一页" not in back
    of_title = queries.findings(check.pk, FindingsWanted(outcome="fail", text="BGS-0150")).count()
    assert 0 < of_title < queries.findings(check.pk, FindingsWanted()).count()
    address = f"{check.get_absolute_url()}?property=authenticity&outcome=fail&text=BGS-0150"
    page = shown(client, world, "archivist", address)
    assert "BGS-0150" in page and "BGS-0149" not in page
    none = shown(client, world, "archivist", f"{check.get_absolute_url()}?code=YJ-9-9")
    assert "没有符合条件的问题" in none
    assert "问题清单" in shown(client, world, "archivist", reverse("custody:check_print", args=[check.pk]))


def open_code(check: CheckRun) -> str:
    waits = (Outcome.MANUAL, Outcome.NOT_RUN)
    rows = CheckResult.objects.filter(check_run=check, is_summary=True, outcome__in=waits, is_blocking=True)
    return rows.order_by("id")[0].code


def test_a_person_decides_what_no_program_could_and_the_run_is_concluded_anew(world, client):
    check = record(world, letter(1))
    code, before = open_code(check), check.counts
    address = reverse("custody:judge", args=[check.pk, code])
    shown(client, world, "archivist", address)
    form = client.get(address).context["form"]
    said = {
        name: "yes" if "RadioSelect" in str(type(field.widget)) else "2026-01-05"
        for name, field in form.fields.items()
    }
    refused = client.post(address, {**said, "conclusion": "fail", "note": ""})
    assert refused.status_code == 422 and "请写明原因" in refused.content.decode()
    assert client.post(address, {**said, "conclusion": "pass", "note": "已查看"}).status_code == 303
    check.refresh_from_db()
    result = queries.report_of(check).result(code)
    assert (result.outcome, check.counts != before) == (Outcome.PASS, True)
    assert not CheckResult.objects.filter(
        check_run=check, code=code, outcome__in=("manual", "not_run"), is_summary=True
    )
    assert Entry.objects.filter(act="custody:check:judged").count() == 1
    with pytest.raises(Invalid):
        judge(world, "archivist", check, code)


def judge(world: World, name: str, check: CheckRun, code: str, *, passes: bool = True) -> CheckRun:
    return reporting.judge_check(
        world.ctx(name), check_id=check.pk, code=code, passes=passes, note="样例", answers={}
    )


def test_a_person_who_finds_a_blocking_failure_fails_the_run(world):
    check = record(world, letter(1))
    assert judge(world, "archivist", check, open_code(check), passes=False).conclusion == "failed"
    with pytest.raises(NotPermitted):
        judge(world, "supervisor", check, open_code(check))


def test_a_failed_run_counts_only_when_a_second_person_says_so(world, client):
    check = record(world, letter(1, title=""))
    clerk, head = world.ctx("archivist"), world.ctx("archives_head")
    reporting.ask_override(clerk, check_id=check.pk, reason="原件缺题名，已核实")
    with pytest.raises(OverrideAsked):
        reporting.ask_override(clerk, check_id=check.pk, reason="再来")
    assert Notice.objects.filter(user=world.user("archives_head"), text=queries.ASKED).exists()
    with pytest.raises(NotPermitted):
        reporting.decide_override(clerk, check_id=check.pk, grants=True, note="")
    assert not queries.is_overridden(check.pk)
    reporting.decide_override(head, check_id=check.pk, grants=True, note="同意")
    check.refresh_from_db()
    assert queries.is_overridden(check.pk) and check.conclusion == "failed"
    page = shown(client, world, "archivist", check.get_absolute_url())
    assert "例外放行，原检测结果保留" in page and "原件缺题名，已核实" in page
    with pytest.raises(NothingToOverride):
        reporting.decide_override(head, check_id=check.pk, grants=False, note="")


def test_a_virus_is_never_let_count(world):
    item = letter(1)
    check = record(world, item, infected=(item.files[0].path,))
    with pytest.raises(OverrideForbidden) as refused:
        reporting.ask_override(world.ctx("archivist"), check_id=check.pk, reason="样例")
    assert "4-2" in str(refused.value)


def test_two_runs_of_the_same_records_are_compared(world, client):
    first = record(world, letter(1, title=""), letter(2))
    second = record(world, letter(1), letter(2, title=""))
    page = shown(client, world, "archivist", reverse("custody:compare_checks", args=[second.pk]))
    assert "新增：0109-WS·2026-Y-BGS-0002" in page and "消除：0109-WS·2026-Y-BGS-0001" in page
    other = shown(
        client, world, "archivist", f"{reverse('custody:compare_checks', args=[first.pk])}?with={second.pk}"
    )
    assert "新增：0109-WS·2026-Y-BGS-0002" in other


def test_a_first_run_says_what_to_do_before_there_is_something_to_compare(world, client):
    only = record(world, letter(1))
    page = shown(client, world, "archivist", reverse("custody:compare_checks", args=[only.pk]))
    assert "还没有可以比较的检测" in page and only.get_absolute_url() in page


def test_a_report_leads_to_its_items_and_to_where_they_are_mended(world, client, monkeypatch):
    class Pages:
        def item_urls(self, ctx, subject_id, keys):
            return {key: f"/sample/{key}/" for key in keys}

        def fix_urls(self, ctx, subject_id, keys):
            return {key: f"/sample/{key}/fix/" for key in keys}

    monkeypatch.setattr(fixers, "_fixers", {"sample:box": Pages()})
    check = record(world, letter(1, title=""))
    page = shown(client, world, "archivist", check.get_absolute_url())
    assert "/sample/0109-WS·2026-Y-BGS-0001/" in page and "在此改正" in page


def test_both_sides_read_a_report_and_strangers_do_not(world):
    check = record(world, letter(1))
    assert queries.get_check(world.ctx("agency_clerk"), check.pk) == check
    for name in ("stranger", "strange_clerk"):
        with pytest.raises(Missing):
            queries.get_check(world.ctx(name), check.pk)


def test_a_run_of_an_older_release_says_what_to_do(world):
    check = record(world, letter(1))
    check.report.delete()
    check.refresh_from_db()
    with pytest.raises(ReportNotKept):
        queries.report_of(CheckRun.objects.get(pk=check.pk))
