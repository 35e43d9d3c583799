from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lantai.apps.schemes import interchange, queries, services, subjects
from lantai.apps.schemes.models import Preview, SchemeVersion
from lantai.apps.schemes.services import announcing, drafting
from lantai.apps.schemes.states import SCHEME
from lantai.apps.schemes.types import (
    AnotherIsComing,
    BeforeToday,
    Candidate,
    DraftExists,
    EditorPublishes,
    FileTooLarge,
    FileUnreadable,
    NoStages,
    NotADraft,
    NothingChanged,
    PreviewScheme,
    Stage,
    UnknownScheme,
)
from lantai.apps.schemes.wording import difference_lines
from lantai.kit.errors import Missing
from lantai.kit.fourprops.facts import EnvironmentFacts, ItemFacts, PackageFacts, Subject
from lantai.kit.fourprops.scheme import Level, ParameterRefused, SchemeMalformed, from_data, scheme_for, slugs
from lantai.kit.fourprops.vocabulary import Stage as KitStage
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.notify.models import Notice
from tests.region import World

ALL = tuple(Stage.values)


@pytest.fixture
def world(built: World, db) -> World:
    return deepcopy(built)


def drafted(world: World, slug: str = "document") -> SchemeVersion:
    return services.copy_scheme(world.ctx("archivist"), archives_id=world.archives.pk, slug=slug)


def milder(world: World, row: SchemeVersion, code: str = "2-6") -> SchemeVersion:
    return services.set_levels(
        world.ctx("archivist"), version_id=row.pk, levels={code: {"transfer": "advise"}}
    )


def published(world: World, row: SchemeVersion, stages: Sequence[str] = ALL, days: int = 0) -> SchemeVersion:
    services.submit(world.ctx("archivist"), version_id=row.pk)
    day = timezone.localdate() + timedelta(days=days)
    return services.publish(world.ctx("archives_head"), version_id=row.pk, stages=stages, valid_from=day)


def level(world: World, stage: str, on: date, code: str = "2-6") -> Level:
    scheme = queries.scheme_in_force(world.archives.pk, "document", stage, on)
    return next(one.levels[KitStage.TRANSFER] for one in scheme.settings if one.code == code)


def test_the_state_table_is_sound():
    assert SCHEME.faults() == []


def test_without_an_own_version_the_shipped_edition_holds(world):
    found = queries.scheme_in_force(world.archives.pk, "document", "transfer", timezone.localdate())
    assert found == scheme_for("document")
    with pytest.raises(Missing):
        queries.scheme_in_force(world.archives.pk, "nothing", "transfer", timezone.localdate())


def test_a_published_version_holds_at_its_stages_from_its_day_on_and_only_there(world):
    row = published(world, milder(world, drafted(world)), ["transfer"], days=2)
    today = timezone.localdate()
    assert level(world, "transfer", today) is Level.BLOCK
    assert level(world, "transfer", today + timedelta(days=2)) is Level.ADVISE
    assert level(world, "filing", today + timedelta(days=9)) is Level.BLOCK
    named = queries.scheme_in_force(world.archives.pk, "document", "transfer", today + timedelta(days=2))
    assert named.edition == row.edition == "1.0+1"
    assert queries.version_of(world.ctx("archivist"), world.archives.pk, "document", row.edition) == row
    elsewhere = queries.scheme_in_force(
        world.other_archives.pk, "document", "transfer", today + timedelta(days=2)
    )
    assert elsewhere == scheme_for("document")


def test_the_next_version_ends_the_one_before_on_its_day_and_what_was_in_force_stays_known(world):
    first = published(world, milder(world, drafted(world)))
    second = services.copy_scheme(
        world.ctx("archivist"), archives_id=world.archives.pk, slug="document", version_id=first.pk
    )
    milder(world, second, "2-9")
    services.set_levels(world.ctx("archivist"), version_id=second.pk, levels={"2-6": {"transfer": "off"}})
    published(world, second, days=3)
    today = timezone.localdate()
    assert level(world, "transfer", today) is Level.ADVISE
    assert level(world, "transfer", today + timedelta(days=3)) is Level.OFF
    first.refresh_from_db()
    assert first.state == "published"
    later = publishing_day(3)
    first.refresh_from_db()
    assert (later, first.state) == (1, "superseded")
    assert level(world, "transfer", today) is Level.ADVISE


def publishing_day(days: int) -> int:
    from lantai.apps.schemes.services.publishing import supersede_ended
    from lantai.platform.context import Channel, system_ctx

    return supersede_ended(system_ctx(Channel.JOB), timezone.localdate() + timedelta(days=days))


def test_who_edited_or_submitted_a_version_does_not_publish_it(world):
    row = milder(world, drafted(world))
    services.submit(world.ctx("archivist"), version_id=row.pk)
    with pytest.raises(EditorPublishes):
        publish(world.ctx("archivist"), row)
    SchemeVersion.objects.filter(pk=row.pk).update(editor_id=world.user("archives_head").pk)
    with pytest.raises(EditorPublishes):
        publish(world.ctx("archives_head"), row)


def publish(ctx: Ctx, row: SchemeVersion, stages: Sequence[str] = ALL, days: int = 0) -> SchemeVersion:
    day = timezone.localdate() + timedelta(days=days)
    return services.publish(ctx, version_id=row.pk, stages=stages, valid_from=day)


def test_a_version_begins_today_or_later_somewhere_and_not_before_one_that_is_coming(world):
    row = milder(world, drafted(world))
    services.submit(world.ctx("archivist"), version_id=row.pk)
    head = world.ctx("archives_head")
    with pytest.raises(BeforeToday):
        publish(head, row, days=-1)
    with pytest.raises(NoStages):
        publish(head, row, [])
    publish(head, row, days=5)
    second = milder(world, drafted(world), "2-7")
    services.submit(world.ctx("archivist"), version_id=second.pk)
    with pytest.raises(AnotherIsComing):
        publish(head, second)


def test_a_retired_version_gives_way_to_the_shipped_edition_the_same_day(world):
    row = published(world, milder(world, drafted(world)))
    services.move(world.ctx("archives_head"), version_id=row.pk, name="retire", reason="样例")
    row.refresh_from_db()
    assert (row.state, level(world, "transfer", timezone.localdate())) == ("superseded", Level.BLOCK)


def test_one_draft_at_a_time_and_nothing_else_is_edited(world):
    row = drafted(world)
    with pytest.raises(DraftExists):
        drafted(world)
    with pytest.raises(NothingChanged):
        services.submit(world.ctx("archivist"), version_id=row.pk)
    milder(world, row)
    services.submit(world.ctx("archivist"), version_id=row.pk)
    with pytest.raises(NotADraft):
        milder(world, row)


def test_a_parameter_is_held_against_what_the_check_declares_and_kept_only_where_it_differs(world):
    row, ctx = drafted(world), world.ctx("archivist")
    with pytest.raises(ParameterRefused):
        services.set_parameters(ctx, version_id=row.pk, code="4-1", values={"most_days": -1})
    row.refresh_from_db()
    assert row.body["checks"]["4-1"]["params"] == {"most_days": 7}
    services.set_parameters(ctx, version_id=row.pk, code="4-1", values={"most_days": 3})
    row = services.set_parameters(ctx, version_id=row.pk, code="4-1", values={"most_days": 1}, stage="filing")
    [setting] = [one for one in row.scheme().settings if one.code == "4-1"]
    assert setting.at(KitStage.FILING).count("most_days") == 1
    assert setting.at(KitStage.TRANSFER).count("most_days") == 3
    row = services.set_parameters(ctx, version_id=row.pk, code="4-1", values={"most_days": 3}, stage="filing")
    assert "params_filing" not in row.body["checks"]["4-1"]
    lines = difference_lines(scheme_for("document"), row.scheme())
    assert [(line.code, line.before, line.after) for line in lines] == [("4-1", "7", "3")]


def test_a_reset_puts_one_check_or_all_of_them_back(world):
    row, ctx = milder(world, drafted(world)), world.ctx("archivist")
    milder(world, row, "2-9")
    row = services.reset(ctx, version_id=row.pk, code="2-6")
    assert row.body["checks"]["2-6"] == row.base["checks"]["2-6"]
    row = services.reset(ctx, version_id=row.pk)
    assert not difference_lines(row.base_scheme(), row.scheme())


def test_a_newer_shipped_edition_is_told_once_and_merged_without_losing_what_was_changed(world, monkeypatch):
    row = published(world, milder(world, drafted(world)))
    newer = scheme_for("document").to_data()
    newer["edition"] = "1.1"
    newer["checks"]["4-1"]["params"] = {"most_days": 5}
    newer["checks"]["2-6"]["filing"] = "advise"
    monkeypatch.setattr(queries, "scheme_for", lambda slug: from_data(newer))
    assert queries.is_behind(row)
    assert (services.turn_over(), services.turn_over()) == (1, 0)
    told = Notice.objects.get(user=world.user("archivist"), text=announcing.NEWER)
    assert (told.params["edition"], told.params["count"]) == ("1.1", 2)
    draft = services.copy_scheme(
        world.ctx("archivist"), archives_id=world.archives.pk, slug="document", version_id=row.pk
    )
    draft = services.follow_shipped(world.ctx("archivist"), version_id=draft.pk)
    checks = draft.body["checks"]
    assert checks["4-1"]["params"] == {"most_days": 5}
    assert (checks["2-6"]["filing"], checks["2-6"]["transfer"]) == ("advise", "advise")
    assert draft.edition == "1.1+2"


@given(st.lists(st.sampled_from("abc"), max_size=3), st.lists(st.sampled_from("abc"), max_size=3))
def test_merging_takes_theirs_where_mine_is_still_base_and_mine_everywhere_else(mine, theirs):
    base = {key: {"v": 0} for key in "abc"}
    own = {key: {"v": 1 if key in mine else 0} for key in "abc"}
    new = {key: {"v": 2 if key in theirs else 0} for key in "abc"}
    merged = drafting._merged(own, base, new)
    assert merged == {key: {"v": 1 if key in mine else 2 if key in theirs else 0} for key in "abc"}


@pytest.mark.parametrize("slug", slugs())
def test_every_scheme_survives_both_kinds_of_file(slug):
    scheme = scheme_for(slug)
    assert interchange.read("方案.toml", interchange.as_toml(scheme).encode()) == scheme
    assert interchange.read("方案.json", interchange.as_json(scheme).encode()) == scheme


def test_a_file_that_is_no_scheme_is_refused_and_leaves_nothing(world):
    ctx = world.ctx("archivist")

    def load(name: str, content: bytes) -> SchemeVersion:
        return services.import_scheme(ctx, archives_id=world.archives.pk, name=name, content=content)

    with pytest.raises(FileTooLarge):
        load("大.toml", b"#" * 600_000)
    with pytest.raises(FileUnreadable):
        load("乱.toml", "标题".encode("utf-16"))
    with pytest.raises(FileUnreadable):
        load("深.json", b"[" * 200_000)
    with pytest.raises(FileUnreadable):
        load("表.json", b"[]")
    with pytest.raises(SchemeMalformed):
        load("空.toml", b"")
    with pytest.raises(UnknownScheme):
        load(
            "别.toml",
            b'extends = "document"\nslug = "other"\ntitle = "x"\nedition = "1"\nelements = "da_t_46"',
        )
    assert not SchemeVersion.objects.exists()
    row = load("改.toml", interchange.as_toml(scheme_for("photo")).encode())
    assert (row.slug, row.state, row.edition) == ("photo", "draft", "1.0+1")


def test_agencies_and_other_archives_find_nothing(world):
    row = drafted(world)
    for name in ("stranger", "strange_clerk"):
        with pytest.raises(Missing):
            queries.get(world.ctx(name), row.pk)
    with pytest.raises(NotPermitted):
        services.copy_scheme(world.ctx("archives_head"), archives_id=world.archives.pk, slug="photo")
    with pytest.raises(NotPermitted):
        services.copy_scheme(world.ctx("stranger"), archives_id=world.archives.pk, slug="photo")


class Shelf:
    """Two letters, one without its title, as some app would hold them."""

    label = "样例架"

    def candidates(self, ctx: Ctx, slug: str) -> list[Candidate]:
        return [Candidate("1", "样例信件")] if slug == "document" else []

    def subject(self, ctx: Ctx, subject_id: str, slug: str, stage: KitStage) -> Subject:
        items = [
            ItemFacts("1", "0109-WS·2026-Y-0001", {"title": "样例"}),
            ItemFacts("2", "0109-WS·2026-Y-0002"),
        ]
        return Subject(stage, PackageFacts(), items, EnvironmentFacts(checked_on=date(2026, 11, 20)))


@pytest.fixture
def shelf(monkeypatch) -> None:
    monkeypatch.setattr(subjects, "_sources", {"sample:shelf": Shelf()})


def test_a_draft_is_tried_on_something_real_beside_what_is_in_force(world, shelf, client):
    row, ctx = drafted(world), world.ctx("archivist")
    all_off = {one.code: dict.fromkeys(ALL, "off") for one in row.scheme().settings if one.code != "1-1-1"}
    services.set_levels(ctx, version_id=row.pk, levels=all_off)
    preview = services.start_preview(
        ctx, version_id=row.pk, subject_type="sample:shelf", subject_id="1", stage="transfer"
    )
    jobs.run_now(ctx, PreviewScheme(preview.pk))
    preview = Preview.objects.get()
    assert preview.finished_at and (preview.edition_in_force, preview.edition_tried) == ("1.0", "1.0+1")
    client.force_login(
        world.people["archivist"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    page = client.get(preview.get_absolute_url()).content.decode()
    assert "待人工确认" in page or "不合格" in page
    with pytest.raises(Missing):
        services.start_preview(
            ctx, version_id=row.pk, subject_type="sample:shelf", subject_id="2", stage="transfer"
        )


def test_the_whole_way_on_the_pages(world, client, shelf):
    def at(name: str):
        client.force_login(world.people[name], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    archivist = at("archivist")
    assert "文书类电子档案检测方案" in archivist.get(reverse("schemes:schemes")).content.decode()
    assert archivist.get(reverse("schemes:scheme", args=["document"])).status_code == 200
    answer = archivist.post(reverse("schemes:copy", args=["document"]), {"archives": world.archives.pk})
    row = SchemeVersion.objects.get()
    assert answer["Location"] == row.get_absolute_url()
    form = archivist.get(reverse("schemes:levels", args=[row.pk])).context["form"]
    said = {bound.html_name: bound.value() for bound in form}
    answer = archivist.post(reverse("schemes:levels", args=[row.pk]), {**said, "transfer__2-6": "advise"})
    assert answer.status_code == 303
    edit_tables(archivist, row)
    page = archivist.get(row.get_absolute_url()).content.decode()
    assert "必检" in page and "起草中" in page and "1-8" in page
    archivist.post(reverse("schemes:submit", args=[row.pk]))
    decision = {"stages": list(ALL), "valid_from": timezone.localdate().isoformat()}
    assert at("archives_head").post(reverse("schemes:publish", args=[row.pk]), decision).status_code == 303
    assert "已发布" in client.get(row.get_absolute_url()).content.decode()
    assert client.get(reverse("schemes:compare", args=[row.pk])).status_code == 200
    assert client.get(reverse("schemes:newer", args=[row.pk])).status_code == 200
    file = client.get(reverse("schemes:export", args=[row.pk, "toml"]))
    assert interchange.read("x.toml", file.content) == row_now(row).scheme()
    assert client.get(reverse("schemes:export", args=[row.pk, "exe"])).status_code == 404


def row_now(row: SchemeVersion) -> SchemeVersion:
    return SchemeVersion.objects.get(pk=row.pk)


def edit_tables(client, row: SchemeVersion) -> None:
    """A table of words, a list of words and a number, and one number that is refused beside its field."""
    address = reverse("schemes:check", args=[row.pk, "1-8"])
    assert client.get(address).status_code == 200
    said = {"p_unique-count": "2", "p_unique-0-0": "archivalCode", "p_unique-1-0": "", "p_unusual-count": "1",
            "p_unusual-0-0": "documentNumber", "p_unusual-0-1": "title"}  # fmt: skip
    assert client.post(address, said).status_code == 303
    assert row_now(row).body["checks"]["1-8"]["params"] == {
        "unique": [["archivalCode"]],
        "unusual": [["documentNumber", "title"]],
    }
    said["p_unique-0-0"] = "样例没有的元素"
    answer = client.post(address, said)
    assert answer.status_code == 422 and "不是元数据方案" in answer.content.decode()
    address = reverse("schemes:check", args=[row.pk, "4-1"])
    assert client.post(address, {"p_most_days": "-2"}).status_code == 422
    assert client.post(f"{address}?stage=filing", {"p_most_days": "2"}).status_code == 303
    assert row_now(row).body["checks"]["4-1"]["params_filing"] == {"most_days": 2}
    formats = {"p_second_opinion": "warn", "p_formats": "fmt/95\nfmt/354\n", "p_mimes": ""}
    assert client.post(reverse("schemes:check", args=[row.pk, "3-3"]), formats).status_code == 303
    assert row_now(row).body["checks"]["3-3"]["params"]["formats"] == ["fmt/95", "fmt/354"]
