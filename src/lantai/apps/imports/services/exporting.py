"""Descriptions out, as their reader may see them: streamed, whatever their number."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qsl

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.catalogue.queries.publishing import permanent_address, record_of
from lantai.apps.catalogue.types import Asked
from lantai.apps.imports.permissions import P
from lantai.apps.imports.types import FormatUnknown, TooMuchToExport
from lantai.apps.kinds import queries as kinds
from lantai.kit.metadata.exchange import Record, write_dat, write_dc, write_ead, write_rico
from lantai.kit.metadata.exchange.record import word
from lantai.kit.tabular import SheetWriter, guarded
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description

MOST_FOUND = 200_000  # of a search: beyond, one exports by conditions
_CHUNK, _LINES, _BLOCK = 2_000, 200, 1 << 16


@dataclass(frozen=True, slots=True)
class Format:
    """One format of export."""

    slug: str
    label: object  # lazy text
    suffix: str
    mime: str
    write: Callable[[Ctx, Sequence[str], Iterable[Record], str], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list of the catalogue shows at an address."""

    query: str


Wanted: TypeAlias = Asked | Listed | Sequence[int]


def export(ctx: Ctx, *, asked: Wanted, format: str, title: str) -> Iterator[bytes]:
    """The descriptions of a search, a list or these ids in a format, with a line in the ledger; streamed.

    Only what the actor may take away; persons as on the page. Raises ``FormatUnknown``, ``NotPermitted``,
    ``TooMuchToExport``.
    """
    if format not in FORMATS:
        known = "、".join(FORMATS)
        raise FormatUnknown(format=format, known=known, field="format")
    if not ctx.actor.holds(P.RECORDS_EXPORT):
        raise NotPermitted(permission=str(P.RECORDS_EXPORT))
    rows = rows_of(ctx, asked)
    labels = _own_labels(rows)
    count = rows.count()
    ledger.record(
        ctx,
        "imports:records:exported",
        object_type="imports:records",
        object_id=format,
        object_name=title[:200],
        detail={"rows": count, "format": format, "conditions": ",".join(_conditions(asked))},
    )
    return FORMATS[format].write(ctx, labels, _records(ctx, rows), title)


def rows_of(ctx: Ctx, asked: Wanted) -> QuerySet[Description]:
    """The rows that would be exported, in the order of the tree; raises ``TooMuchToExport``."""
    rows = catalogue.exportable(ctx).select_related("fonds__archives", "kind", "custodian", "parent")
    if isinstance(asked, Listed):
        rows = rows.filter(pk__in=catalogue.listed(ctx, asked.query).order_by().values("pk"))
    elif not isinstance(asked, Asked):
        rows = rows.filter(pk__in=list(asked))
    elif asked.text or asked.formats or asked.places or asked.topics:  # what the index alone knows
        rows = rows.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [_found(ctx, asked)]))
    else:
        rows = rows.filter(**{lookup: values for lookup, values in _lookups(asked) if values})
        if asked.files:
            rows = catalogue.descendants(rows, asked.files)
    return rows.order_by("fonds__archives_id", "fonds__code", "reference_code", "pk")


def _lookups(asked: Asked) -> Iterator[tuple[str, frozenset[int] | frozenset[str]]]:
    yield "fonds_id__in", asked.fonds
    yield "kind__slug__in", asked.kinds
    yield "year__in", asked.years
    yield "retention__in", asked.retentions
    yield "openness__in", asked.opennesses
    yield "level__in", asked.levels


def _found(ctx: Ctx, asked: Asked) -> list[int]:
    """The ids that a search finds; raises ``TooMuchToExport``."""
    total, parts = catalogue.ids_found(ctx, asked)
    if total > MOST_FOUND:
        raise TooMuchToExport(most=MOST_FOUND)
    return [pk for part in parts for pk in part]


def _conditions(asked: Wanted) -> list[str]:
    """Which conditions, never their values: a value may be a person's name."""
    if isinstance(asked, Listed):
        return sorted({name for name, _value in parse_qsl(asked.query)})
    if not isinstance(asked, Asked):
        return ["ids"]
    beside = {
        "text": asked.text, "within": asked.files, "format": asked.formats, "place": asked.places,
        "topic": asked.topics,
    }  # fmt: skip
    named = [name for name, value in beside.items() if value]
    return [*named, *(lookup for lookup, values in _lookups(asked) if values)]


def _records(ctx: Ctx, rows: QuerySet[Description]) -> Iterator[Record]:
    schemes = catalogue.Schemes()
    for row in rows.iterator(chunk_size=_CHUNK):
        yield record_of(ctx, row, permanent_address(row.fonds.archives.code, row.permanent), schemes)


def _own_labels(rows: QuerySet[Description]) -> list[str]:
    """The columns that a table of these rows needs beside the common ones."""
    by_archives: dict[int, set[int]] = {}
    for kind_id, archives_id in rows.order_by().values_list("kind_id", "fonds__archives_id").distinct():
        by_archives.setdefault(archives_id, set()).add(kind_id)
    schemes = [one for whose, ids in by_archives.items() for one in kinds.schemes_of(ids, whose).values()]
    return list(dict.fromkeys(field.label for scheme in schemes for field in scheme.own))


HEADINGS = (
    *(
        "档号",
        "题名",
        "责任者",
        "文号",
        "日期",
        "年度",
        "保管期限",
        "机构或问题",
        "密级",
        "开放标识",
        "人名",
        "页数",
        "备注",
    ),
    *("著录层级", "上级档号", "全宗号", "全宗名称", "档案种类", "永久地址", "其他著录项"),
)  # read back by the import as they stand


def _cells(record: Record, labels: Sequence[str]) -> list[str]:
    rest = {label: text for label, text in record.own.items() if label not in labels}
    more = "；".join(f"{label}：{text}" for label, text in rest.items())
    return [
        record.reference_code,
        record.title,
        record.author,
        record.document_number,
        record.dated_on.strftime("%Y%m%d") if record.dated_on else "",
        str(record.year or ""),
        record.retention_text,
        record.class_code,
        word("classification", record.classification),
        word("openness", record.openness),
        "、".join(record.persons),
        str(record.page_count or ""),
        record.note,
        word("level", record.level),
        record.parent_code,
        record.fonds_code,
        record.fonds_name,
        record.kind_name,
        record.identifier,
        more,
        *(record.own.get(label, "") for label in labels),
    ]


class _Echo:
    """A file that hands every line straight back to its writer."""

    def write(self, line: str) -> str:
        return line


def _csv(_ctx: Ctx, labels: Sequence[str], records: Iterable[Record], _title: str) -> Iterator[bytes]:
    writer = csv.writer(_Echo())
    yield b"\xef\xbb\xbf" + writer.writerow([*HEADINGS, *labels]).encode()
    lines: list[str] = []
    for record in records:
        lines.append(writer.writerow([guarded(text) for text in _cells(record, labels)]))
        if len(lines) >= _LINES:
            yield "".join(lines).encode()
            lines = []
    yield "".join(lines).encode()


def _xlsx(_ctx: Ctx, labels: Sequence[str], records: Iterable[Record], title: str) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "list.xlsx"
        with SheetWriter(target) as book:
            rows = (_cells(record, labels) for record in records)
            book.sheet(_("目录"), [*HEADINGS, *labels], rows)
        with target.open("rb") as stream:
            while block := stream.read(_BLOCK):
                yield block


def _ead(ctx: Ctx, _labels: Sequence[str], records: Iterable[Record], title: str) -> Iterator[bytes]:
    return write_ead(records, title=title, identifier=f"lantai-{ctx.request_id}", made_at=timezone.now())


def _plainly(write: Callable[[Iterable[Record]], Iterator[bytes]]) -> Callable[..., Iterator[bytes]]:
    return lambda _ctx, _labels, records, _title: write(records)


_XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_XML = "application/xml"
FORMATS: Mapping[str, Format] = {
    one.slug: one
    for one in (
        Format("xlsx", gettext_lazy("Excel 工作簿"), "xlsx", _XLSX_TYPE, _xlsx),
        Format("csv", gettext_lazy("CSV 文本"), "csv", "text/csv; charset=utf-8", _csv),
        Format("ead3", gettext_lazy("EAD3 检索工具"), "ead.xml", _XML, _ead),
        Format("dc", gettext_lazy("都柏林核心（Dublin Core）"), "dc.xml", _XML, _plainly(write_dc)),
        Format("rico", gettext_lazy("RiC-O（RDF）"), "rdf", "application/rdf+xml", _plainly(write_rico)),
        Format("dat", gettext_lazy("文件目录 XML（移交载体格式）"), "xml", _XML, _plainly(write_dat)),
    )
}
