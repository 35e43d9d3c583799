"""What stands on each paper, ready for its template: only words, numbers and dates as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings.types import Classification
from lantai.apps.printing.models import Box
from lantai.apps.printing.types import CONTENT_ROWS, Chosen, Content, Paper

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description
    from lantai.apps.holdings.models import Fonds

Said = dict[str, object]


def day(value: date | None) -> str:
    """A date as lists have it: eight digits (DA/T 18-2022)."""
    return value.strftime("%Y%m%d") if value else ""


def chapter(title: str, papers: Sequence[Paper]) -> Said:
    """One class of papers about a fonds: the list of them, and behind it what stands in each."""
    lines = [[str(n), day(one.on), str(one.title), one.number] for n, one in enumerate(papers, 1)]
    contents = [_content(n, one, one.read()) for n, one in enumerate(papers, 1) if one.read]
    return {"title": title, "rows": lines, "contents": contents}


def _content(number: int, paper: Paper, content: Content) -> Said:
    rows = content.rows[:CONTENT_ROWS]
    left = len(content.rows) - len(rows)
    return {
        "number": str(number),
        "title": str(paper.title),
        "text": content.text,
        "head": list(content.head),
        "rows": [list(row) for row in rows],
        "more": _("这里只印出前 %(n)d 行，全部内容请在系统中查看。") % {"n": len(rows)} if left else "",
    }


def _span(first: date | None, last: date | None) -> str:
    if first is None or last is None or first == last:
        return day(first or last)
    return f"{day(first)}—{day(last)}"


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def head(fonds: Fonds, title: str, chosen: Chosen, volume: str = "") -> Said:
    """What every list begins with: the archives, the title, and what was chosen."""
    facts = [[_("全宗号"), fonds.code], [_("全宗名称"), fonds.name]]
    if chosen.year is not None:
        facts.append([_("年度"), str(chosen.year)])
    if chosen.retention:
        facts.append([_("保管期限"), holdings.retention_label(chosen.retention)])
    if chosen.class_code:
        facts.append([_("机构（问题）"), chosen.class_code])
    if volume:
        facts.append([_("册次"), volume])
    return {"archives": fonds.archives.name, "title": title, "facts": facts}


def item_list(rows: Iterable[Description], first: int) -> Said:
    """归档文件目录 (DA/T 22-2015, annex): its nine columns."""
    return {
        "head": [_("序号"), _("档号"), _("文号"), _("责任者"), _("题名"), _("日期"), _("密级"), _("页数"), _("备注")],
        "widths": ["auto", "auto", "auto", "1fr", "3fr", "auto", "auto", "auto", "1fr"],
        "rows": [
            [
                str(n), row.reference_code, row.document_number, row.author, row.title, day(row.dated_on),
                "" if row.classification == Classification.PUBLIC else str(row.get_classification_display()),
                _number(row.page_count), row.note,
            ]
            for n, row in enumerate(rows, first)
        ],
    }  # fmt: skip


def file_list(rows: Iterable[Description], first: int) -> Said:
    """案卷目录 (GB/T 9705-2008)."""
    return {
        "head": [_("序号"), _("档号"), _("案卷题名"), _("起止日期"), _("保管期限"), _("件数"), _("页数"), _("备注")],
        "widths": ["auto", "auto", "3fr", "auto", "auto", "auto", "auto", "1fr"],
        "rows": [
            [
                str(n), row.reference_code, row.title, _span(row.began_on, row.ended_on),
                holdings.retention_label(row.retention), str(row.item_count), _number(row.page_sum), row.note,
            ]
            for n, row in enumerate(rows, first)
        ],
    }  # fmt: skip


def contents_list(rows: Iterable[Description]) -> Said:
    """卷内文件目录 (GB/T 9705-2008); a page number is known while the items before it have theirs."""
    return {
        "head": [_("顺序号"), _("文号"), _("责任者"), _("题名"), _("日期"), _("页号"), _("备注")],
        "widths": ["auto", "auto", "1fr", "3fr", "auto", "auto", "1fr"],
        "rows": [
            [str(n), row.document_number, row.author, row.title, day(row.dated_on), page, row.note]
            for n, (row, page) in enumerate(_paged(rows), 1)
        ],
    }


def _paged(rows: Iterable[Description]) -> Iterator[tuple[Description, str]]:
    first: int | None = 1
    for row in rows:
        count = row.page_count
        if first is None:
            yield row, ""
        elif count is None:
            yield row, str(first)
        else:
            yield row, str(first) if count <= 1 else f"{first}—{first + count - 1}"
        first = first + count if first is not None and count is not None else None


def cover(row: Description) -> Said:
    """案卷封面 (GB/T 9705-2008); ``row`` as ``queries.get_file`` gives it."""
    return {
        "archives": row.fonds.archives.name,
        "creator": row.creator.name if row.creator else row.fonds.name,
        "name": row.title,
        "class": row.class_code,
        "facts": [
            [_("起止日期"), _span(row.began_on, row.ended_on)],
            [_("保管期限"), holdings.retention_label(row.retention)],
            [_("件数"), str(row.item_count)],
            [_("页数"), _number(row.page_sum)],
            [_("密级"), "" if row.classification == Classification.PUBLIC else str(row.get_classification_display())],
        ],
        "fonds": [_("全宗号"), row.fonds.code],
        "code": [_("档号"), row.reference_code],
    }  # fmt: skip


def file_note(row: Description) -> Said:
    """卷内备考表 (GB/T 9705-2008): what lies in the file is said, the rest is written by hand."""
    said = _("本卷共有文件 %(items)d 件，%(pages)s 页。") % {
        "items": row.item_count,
        "pages": _number(row.page_sum) or "　　",
    }
    return {
        "archives": row.fonds.archives.name,
        "title": _("卷内备考表"),
        "number": row.reference_code,
        "label": _("本卷情况说明"),
        "said": said,
        "note": row.note,
        "signers": [[_("立卷人"), ""], [_("检查人"), ""], [_("立卷时间"), ""]],
    }


def box_note(box: Box) -> Said:
    """备考表 of a box (DA/T 22-2015)."""
    said = _("本盒共有文件 %(items)d 件，%(pages)d 页。") % {"items": box.item_count, "pages": box.page_count}
    return {
        "archives": box.fonds.archives.name,
        "title": _("备考表"),
        "number": f"{box.first_code} — {box.last_code}",
        "label": _("盒内文件情况说明"),
        "said": said,
        "note": box.situation,
        "signers": [
            [_("整理人"), box.arranged_by],
            [_("整理日期"), day(box.arranged_on)],
            [_("检查人"), box.checked_by],
            [_("检查日期"), day(box.checked_on)],
        ],
    }


def label(box: Box, address: str) -> Said:
    """Spine and front of a box; ``address`` is what its code leads to."""
    return {
        "archives": box.fonds.archives.name,
        "spine": box.spine_mm,
        "url": address,
        "fonds_name": box.fonds.name,
        "codes": [box.first_code, box.last_code],
        "facts": [
            [_("全宗号"), box.fonds.code],
            [_("年度"), str(box.year)],
            [_("保管期限"), holdings.retention_label(box.retention)],
            [_("机构（问题）"), box.class_code],
            [_("起止件号"), _pieces(box)],
            [_("盒号"), str(box.number)],
        ],
    }


def _pieces(box: Box) -> str:
    """The last groups of both codes: the numbers of the items (DA/T 13-2022)."""
    first, last = (code.rpartition("-")[2] for code in (box.first_code, box.last_code))
    return first if first == last else f"{first}—{last}"
