"""Descriptions that no object tells of, entered and changed by the thousand, come back from the journal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lantai.apps.catalogue import services as catalogue
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.types import NewRow
from lantai.apps.custody import queries as custody
from lantai.apps.holdings import queries as holdings
from lantai.apps.interop.models import Stamp
from lantai.apps.interop.queries import identifiers
from lantai.apps.interop.services import stamping
from lantai.platform import rows
from lantai.site import journal
from lantai.site.rebuild import rebuild
from tests.apps.catalogue.conftest import Shelf, home, own_index, shelf
from tests.site.emptied import empty_database

__all__ = ["home", "own_index", "shelf"]


def told() -> dict[str, Any]:
    """Every description with its number, and how harvesters call it."""
    stamping.stamp(list(Description.objects.values_list("pk", flat=True)))
    names = {
        one.row_id: identifiers.oai_of(one.archives_code, one.permanent)
        for one in Stamp.objects.filter(custodian_id__isnull=False)
    }
    found = {}
    for row in Description.objects.all():
        columns = rows.columns_of(row)
        columns.pop("updated_at")  # what a row has from above it gets again now
        found[rows.key_of(row)] = (row.pk, names[row.pk], columns)
    return found


def new(shelf: Shelf, number: int, **more: object) -> NewRow:
    values: dict[str, object] = {
        "fonds_id": shelf.fonds.pk, "custodian_id": shelf.region.archives.pk, "kind_id": holdings.kind("document").pk,
        "reference_code": f"{shelf.fonds.code}-WS·2011·Y-{number:04}", "title": f"样例{number}",
    }  # fmt: skip
    return NewRow(**(values | more))  # type: ignore[arg-type]


def test_rows_without_content_come_back_as_they_are_and_withdrawn_ones_do_not(
    shelf: Shelf, tmp_path: Path, settings: Any, monkeypatch: Any
) -> None:
    settings.LANTAI_KEYS = tmp_path / "keys"
    monkeypatch.setattr(journal, "AGAIN", 7)
    ctx = shelf.region.ctx("cataloguer")
    unit = new(shelf, 1, level="file", reference_code="样例案卷")
    catalogue.enter(ctx, rows=[unit, *(new(shelf, n, parent_code="样例案卷") for n in range(2, 30))])
    catalogue.enter(ctx, rows=[new(shelf, n) for n in range(100, 120)])
    journal.export_now()
    some = {row.reference_code[-4:]: row for row in Description.objects.all()}
    changed = [some["0002"], some["0003"], some["0100"]]
    catalogue.describe_many(ctx, changes=[(row.pk, row.revision, {"title": "成批改过"}) for row in changed])
    catalogue.withdraw(ctx, ids=[some[f"{n:04}"].pk for n in range(105, 115)])
    file = some["样例案卷"]
    catalogue.state(ctx, description_id=file.pk, name="retention", value="D30")
    catalogue.enter(ctx, rows=[new(shelf, n, title="又导入一次") for n in range(105, 108)])
    journal.export_now()
    before = told()
    assert len(before) == 29 + 10 + 3
    empty_database()
    made = rebuild(custody.storage_root())
    assert (made.damaged, made.left_out) == ([], {})
    after = told()
    assert {name for name in before.keys() | after.keys() if after.get(name) != before.get(name)} == set()
    assert Description.objects.filter(title="成批改过").count() == 3
    assert Description.objects.filter(parent__reference_code="样例案卷", retention="D30").count() == 28
