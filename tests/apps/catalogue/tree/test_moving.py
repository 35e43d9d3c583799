from __future__ import annotations

import random

import pytest
from django.db import connection, transaction

from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.models import Description, FormerCode, Rearrangement
from lantai.apps.catalogue.queries import planning
from lantai.apps.catalogue.services import rearranging
from lantai.apps.catalogue.tree import (
    AlreadyUndone,
    CannotUndo,
    CodeFrozen,
    ContentDestroyed,
    FormerCodeTaken,
    NotBeneath,
    NothingChosen,
    NotMergeable,
    OtherCustodian,
    OtherFonds,
    PlanStale,
    UnderItself,
    WholeUnit,
)
from lantai.apps.catalogue.types import BENEATH, Level, ReferenceCodeTaken
from lantai.apps.custody.models import Package
from lantai.kit.errors import LantaiError, Missing
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.ledger import queries as ledger
from lantai.site import journal
from tests.apps.catalogue.tree.conftest import told
from tests.rows import make


def codes(rows, parent):
    return [row.reference_code for row in rows.items(parent)]


def everything():
    """All that an act may change, to compare before and after."""
    fields = ("pk", "parent_id", "reference_code", "merged_into_id", "retention", "openness", "custodian_id")
    return set(Description.objects.values_list(*fields))


def transferred(rows, row):
    owners = {"org": rows.region.archives, "custodian": rows.region.archives, "fonds": rows.fonds}
    package = make(Package, owners)
    Description.objects.filter(pk=row.pk).update(package=package, item_key=f"k{row.pk}")
    return row


def test_items_that_change_their_file_are_called_after_it_and_found_by_both_codes(rows):
    one, two = rows.file(1, items=3), rows.file(2, items=2)
    moving = rows.items(one)[1]
    plan = planning.plan_move(rows.ctx, ids=[moving.pk], to_id=two.pk)
    assert [(line.code, line.new_code) for line in plan.lines] == [("J109-001-001-002", "J109-001-002-003")]
    assert codes(rows, one) == ["J109-001-001-001", "J109-001-001-002", "J109-001-001-003"]  # a preview
    told()
    done = services.move(rows.ctx, ids=[moving.pk], to_id=two.pk, digest=plan.digest)
    assert codes(rows, two) == ["J109-001-002-001", "J109-001-002-002", "J109-001-002-003"]
    assert told() == {moving.pk}
    for code in ("J109-001-001-002", "J109-001-002-003"):
        assert [row.pk for row in queries.of_code(rows.ctx, code)] == [moving.pk]
    moving.refresh_from_db()
    version = moving.versions.get()
    assert (moving.revision, version.before) == (2, {"reference_code": "J109-001-001-002", "parent": one.pk})
    (entry,) = ledger.entries_about("catalogue:rearrangement", done.act.pk)
    assert (entry.act, entry.detail["rows"]) == ("catalogue:tree:moved", 1)


def test_an_act_is_taken_back_whole_and_once_while_nothing_else_happened(rows):
    one, two = rows.file(1, items=3), rows.file(2, items=2)
    before = everything()
    ids = [row.pk for row in rows.items(one)[:2]]
    done = services.move(rows.ctx, ids=ids, to_id=two.pk)
    services.undo(rows.ctx, rearrangement_id=done.act.pk)
    assert everything() == before and not FormerCode.objects.exists()
    with pytest.raises(AlreadyUndone):
        services.undo(rows.ctx, rearrangement_id=done.act.pk)
    again = services.move(rows.ctx, ids=ids, to_id=two.pk)
    Description.objects.filter(pk=ids[0]).update(revision=9)
    held = everything()
    with pytest.raises(CannotUndo):
        services.undo(rows.ctx, rearrangement_id=again.act.pk)
    assert everything() == held


def test_files_are_merged_and_what_is_left_of_one_leads_to_the_other(rows):
    one, two = rows.file(1, items=2), rows.file(2, items=2)
    before = everything()
    done = services.merge(rows.ctx, ids=[two.pk], into_id=one.pk)
    assert codes(rows, one) == [f"J109-001-001-00{n}" for n in (1, 2, 3, 4)]
    assert [row.pk for row in queries.of_code(rows.ctx, "J109-001-002")] == [one.pk]
    assert [node.id for node in queries.tree_window(rows.ctx, rows.fonds).nodes] == [one.pk]
    with pytest.raises(Missing):
        queries.get(rows.ctx, two.pk)
    assert list(queries.search_documents([two.pk])) == []
    services.undo(rows.ctx, rearrangement_id=done.act.pk)
    assert everything() == before


def test_a_file_is_split_beside_itself_under_the_next_code(rows):
    series = rows.row("series", "S")
    one = rows.file(1, items=4, parent=series)
    rows.file(7, parent=series)
    before = everything()
    ids = [row.pk for row in rows.items(one)[2:]]
    with pytest.raises(WholeUnit):
        services.split(rows.ctx, unit_id=one.pk, ids=[row.pk for row in rows.items(one)], title="全部")
    done = services.split(rows.ctx, unit_id=one.pk, ids=ids, title="后一半")
    made = Description.objects.get(title="后一半")
    assert (made.reference_code, made.parent_id) == ("J109-001-008", series.pk)
    assert codes(rows, made) == ["J109-001-008-001", "J109-001-008-002"]
    with pytest.raises(ReferenceCodeTaken):
        services.split(rows.ctx, unit_id=made.pk, ids=ids[:1], title="重号", code="J109-001-007")
    services.undo(rows.ctx, rearrangement_id=done.act.pk)
    assert everything() == before


def test_refusals_of_a_move_say_what_and_leave_everything(rows):
    one, two = rows.file(1, items=2), rows.file(2)
    first, second = rows.items(one)
    outer = rows.row("series", "A")
    inner = rows.row("series", "B", outer)
    elsewhere = rows.row("file", "E", custodian=rows.region.agency)
    gone = rows.row("item", "G", metadata={"销毁情况": "已销毁"})
    strange = rows.row("file", "Q", fonds=rows.abroad.fonds("K200"), custodian=rows.region.archives)
    before = everything()
    for refusal, ids, to in (
        (NothingChosen, [], two),
        (NotBeneath, [two.pk], one),
        (NotBeneath, [outer.pk], one),
        (UnderItself, [outer.pk], inner),
        (OtherFonds, [first.pk], strange),
        (OtherFonds, [first.pk, strange.pk], two),
        (ContentDestroyed, [gone.pk], two),
        (Missing, [10**15], two),
        (Missing, [first.pk], elsewhere),  # what the agency keeps is not seen here
    ):
        with pytest.raises(refusal):
            services.move(rows.ctx, ids=ids, to_id=to.pk)
    with pytest.raises(NotMergeable):
        services.merge(rows.ctx, ids=[first.pk], into_id=second.pk)
    with pytest.raises(NotPermitted):
        services.move(rows.region.ctx("reading_clerk"), ids=[first.pk], to_id=two.pk)
    with pytest.raises(Missing):
        services.move(rows.abroad.ctx("cataloguer"), ids=[first.pk], to_id=two.pk)
    with pytest.raises(OtherCustodian):
        planning.check_together(first, [elsewhere])
    assert everything() == before and not Rearrangement.objects.exists()


def test_codes_of_transferred_records_change_only_for_a_reason(rows):
    one, two = rows.file(1, items=2), rows.file(2)
    item = transferred(rows, rows.items(one)[0])
    with pytest.raises(CodeFrozen):
        services.move(rows.ctx, ids=[item.pk], to_id=two.pk)
    done = services.move(rows.ctx, ids=[item.pk], to_id=two.pk, reason="原案卷装订错误")
    assert (done.act.reason, codes(rows, two)) == ("原案卷装订错误", ["J109-001-002-001"])


def test_what_was_previewed_is_what_is_done_or_nothing_is(rows):
    one, two = rows.file(1, items=2), rows.file(2)
    item = rows.items(one)[0]
    digest = planning.plan_move(rows.ctx, ids=[item.pk], to_id=two.pk).digest
    rows.row("item", "J109-001-002-005", two)
    with pytest.raises(PlanStale):
        services.move(rows.ctx, ids=[item.pk], to_id=two.pk, digest=digest)


def test_a_code_that_led_to_one_row_never_leads_to_another(rows):
    one, two = rows.file(1, items=1), rows.file(2)
    item = rows.items(one)[0]
    services.move(rows.ctx, ids=[item.pk], to_id=two.pk)
    with pytest.raises(FormerCodeTaken):
        services.make_unit(
            rows.ctx,
            fonds_id=rows.fonds.pk,
            level="component",
            reference_code="x",
            title="x",
            parent_id=item.pk,
        )
        FormerCode.objects.create(description=one, code="J109-001-077", until=rows.ctx.now, act="numbered")
        services.make_unit(
            rows.ctx, fonds_id=rows.fonds.pk, level="file", reference_code="J109-001-077", title="x"
        )
    rows.row("item", "J109-001-001-009", one)
    moved = services.move(rows.ctx, ids=[item.pk], to_id=one.pk)
    assert moved.count == 1 and codes(rows, one) == ["J109-001-001-009", "J109-001-001-010"]


def test_an_act_that_breaks_off_at_any_statement_leaves_nothing(rows, monkeypatch):
    one, two = rows.file(1, items=3), rows.file(2, items=1)
    ids = [row.pk for row in rows.items(one)]
    before = everything()
    told()
    for step in ("_write_versions", "_keep_codes", "_write_rows", "begin", "_tell"):
        real = getattr(rearranging, step)

        def killed(*given, _real=real, **more):
            _real(*given, **more)
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(rearranging, step, killed)
            with pytest.raises(KeyboardInterrupt), transaction.atomic():
                services.merge(rows.ctx, ids=[one.pk], into_id=two.pk)
        assert everything() == before and told() == set(), step
        assert not (Rearrangement.objects.exists() or FormerCode.objects.exists())
    assert services.merge(rows.ctx, ids=[one.pk], into_id=two.pk).count == len(ids) + 1


def test_moving_costs_the_same_number_of_statements_for_any_number_of_rows(
    rows, django_assert_max_num_queries, django_assert_num_queries
):
    one, two = rows.file(1, items=40), rows.file(2, items=1)
    few, many = rows.items(one)[:1], rows.items(one)[1:]
    ctx = rows.ctx
    with django_assert_max_num_queries(45) as asked:
        services.move(ctx, ids=[few[0].pk], to_id=two.pk)
    with django_assert_num_queries(len(asked)):
        services.move(ctx, ids=[row.pk for row in many], to_id=two.pk)


def brute_below(children, pk):
    return sum(1 + brute_below(children, one) for one in children.get(pk, ()))


def test_after_any_acts_the_tree_is_a_tree_and_its_counts_are_those_of_a_walk(rows):
    """Random moves, mergers, splits and ways back; what is refused changes nothing."""
    chance = random.Random(5)
    ctx = rows.ctx
    for number in range(6):
        rows.row("series", f"S{number}")
    for number in range(1, 7):
        rows.file(number, items=chance.randrange(1, 4))
    done = []
    for _step in range(24):
        now = list(Description.objects.filter(merged_into=None))
        units = [row for row in now if row.level in ("series", "file")]
        act = chance.choice(["move", "move", "move", "merge", "split", "undo"])
        before = everything()
        try:
            with transaction.atomic():
                if act == "undo" and done:
                    services.undo(ctx, rearrangement_id=done.pop().act.pk)
                elif act == "merge":
                    into = chance.choice(units)
                    done.append(services.merge(ctx, ids=[chance.choice(units).pk], into_id=into.pk))
                elif act == "split":
                    unit = chance.choice(units)
                    inside = [row.pk for row in now if row.parent_id == unit.pk]
                    done.append(services.split(ctx, unit_id=unit.pk, ids=inside[:1], title="拆出"))
                else:
                    to = chance.choice([None, *units])
                    done.append(services.move(ctx, ids=[chance.choice(now).pk], to_id=to.pk if to else None))
        except LantaiError:
            assert everything() == before
        _check_tree(ctx, rows)
    assert len(done) > 2


def _check_tree(ctx, rows):
    now = {row.pk: row for row in Description.objects.all()}
    assert len({(row.level, row.reference_code) for row in now.values()}) == len(now)
    children: dict[int | None, list[int]] = {}
    for row in now.values():
        seen, above = {row.pk}, row
        while above.parent_id:
            assert row.level in BENEATH[Level(now[row.parent_id].level)]
            above = now[above.parent_id]
            assert above.pk not in seen
            seen.add(above.pk)
        if row.merged_into_id is None:
            children.setdefault(row.parent_id, []).append(row.pk)
    assert not any(now[pk].merged_into_id for pk in children if pk)
    window = queries.tree_window(ctx, rows.fonds, limit=500)
    assert {node.id: node.child_count for node in window.nodes} == {
        pk: len(children.get(pk, ())) for pk in children[None]
    }
    for node in window.nodes[:3]:
        assert sum(queries.counts_below(ctx, now[node.id]).values()) == brute_below(children, node.id)


def test_two_moves_at_once_wait_for_each_other(rows):
    file = rows.file(1, items=1)
    with transaction.atomic():
        services.move(rows.ctx, ids=[rows.items(file)[0].pk], to_id=None)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE relation = 'holdings_fonds'::regclass AND mode = 'RowShareLock'"
            )
            assert cursor.fetchone()[0] >= 1


def test_the_journal_beside_the_objects_tells_how_rows_lie_after_an_act(rows):
    series = rows.row("series", "S")
    one, two = rows.file(1, items=2), rows.file(2, parent=series)
    done = services.move(rows.ctx, ids=[rows.items(one)[0].pk], to_id=two.pk)
    touched = journal._Touched()
    for entry in ledger.entries_about("catalogue:rearrangement", done.act.pk):
        touched.note(entry)
    lines = list(journal._catalogue_lines(touched, rows.ctx.now))
    told = {(line["t"], line["row"].get("reference_code") or line["row"].get("code")) for line in lines}
    assert ("catalogue.description", "J109-001-002-001") in told
    assert ("catalogue.description", "S") in told  # what it lies under, to the top
    assert ("catalogue.formercode", "J109-001-001-001") in told
    (line,) = [line for line in lines if line["row"].get("reference_code") == "J109-001-002-001"]
    assert str(line["row"]["parent_id"]).endswith("J109-001-002")
