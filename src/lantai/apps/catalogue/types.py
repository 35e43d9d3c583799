"""Kinds and refusals of this app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.apps.holdings.types import Classification, Openness
from lantai.kit.errors import N_, Denied, Invalid, Refusal
from lantai.platform.ui.types import State, Text

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description


class Level(models.TextChoices):
    """著录层级 (DA/T 18-2022)."""

    FONDS_GROUP = "fonds_group", _("全宗群")
    FONDS = "fonds", _("全宗")
    SERIES = "series", _("类别")
    FILE = "file", _("案卷")
    ITEM = "item", _("件")
    COMPONENT = "component", _("组成部分")


# Which levels may lie under which; the trigger `catalogue_tree` of the database holds the same.
BENEATH: Mapping[str, frozenset[str]] = {
    Level.FONDS_GROUP: frozenset({Level.FONDS_GROUP, Level.FONDS}),
    Level.FONDS: frozenset({Level.SERIES, Level.FILE, Level.ITEM}),
    Level.SERIES: frozenset({Level.SERIES, Level.FILE, Level.ITEM}),
    Level.FILE: frozenset({Level.ITEM}),
    Level.ITEM: frozenset({Level.COMPONENT}),
    Level.COMPONENT: frozenset({Level.COMPONENT}),
}
ABOVE_RECORDS = (Level.FONDS_GROUP, Level.FONDS)  # levels whose rows lie above a whole fonds


class ReferenceCodeTaken(Invalid):
    """Another row of the fonds has that reference code."""

    message = N_("档号“%(code)s”已经用于“%(title)s”，不能重复。")


class EditedMeanwhile(Refusal):
    """Somebody else saved the row since it was opened."""

    message = N_("这条著录在您打开之后由别人改过，您的修改没有保存。请对照最新内容再改。")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDescription:
    """An item as it is registered with its sealed content.

    ``item_key`` is the item's key in the package; ``kind_id`` a record kind; ``retention`` a code (Y, D30).
    ``file_title`` names the 案卷 to make where the reference code carries a file number that is not
    described yet. ``metadata`` holds the remaining elements by identifier.
    """

    item_key: str
    reference_code: str
    title: str
    kind_id: int
    creator_id: int | None = None
    author: str = ""
    document_number: str = ""
    dated_on: date | None = None
    year: int | None = None
    retention: str = ""
    class_code: str = ""
    classification: str = Classification.PUBLIC
    openness: str = Openness.UNREVIEWED
    persons: tuple[str, ...] = ()
    page_count: int | None = None
    note: str = ""
    metadata: Mapping[str, object] = field(default_factory=dict)
    file_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """A description entered without content. ``parent_code`` is the code of the unit right above in the fonds.

    ``id`` is one of `services.new_ids`, or 0 where the caller need not know it.
    """

    id: int = 0
    level: str = Level.ITEM
    fonds_id: int
    custodian_id: int
    kind_id: int
    reference_code: str
    title: str
    parent_code: str = ""
    creator_id: int | None = None
    author: str = ""
    document_number: str = ""
    dated_on: date | None = None
    year: int | None = None
    retention: str = ""
    class_code: str = ""
    classification: str = Classification.PUBLIC
    openness: str = Openness.UNREVIEWED
    persons: tuple[str, ...] = ()
    page_count: int | None = None
    note: str = ""
    metadata: Mapping[str, object] = field(default_factory=dict)


class ParentMissing(Invalid):
    """A row names a unit above that nobody has described."""

    message = N_("“%(code)s”的上级“%(parent)s”还没有著录。请先著录上级，或与它一起导入。")


class RowsChanged(Refusal):
    """What was changed or has content since is no longer taken back as a whole."""

    message = N_(
        "有 %(count)d 条在导入之后改过或已挂接原文（例如“%(code)s”），不能整批撤销。请先恢复这些条目。"
    )


class RowsHoldOthers(Refusal):
    """Something that stays lies below."""

    message = N_("“%(code)s”下面还有别的条目（例如“%(below)s”），不能撤销。请先移走下级条目。")


class RowsInUse(Refusal):
    """Another record refers to one of the rows."""

    message = N_("有条目已被别处引用（如规范档、专题、查档记录），不能整批撤销。请先解除引用。")


class RevisionMissing(Invalid):
    """A change names the state of the row that it was made against."""

    status = 428
    message = N_('请在 If-Match 中给出读取时的版次，例如 "3"。')


class ContentClosed(Denied):
    """The description may be seen, the content may not."""

    message = N_("您可以看到这条目录，但没有查看原文的权限。需要利用时请到查档窗口申请。")


class PreviewTooWide(Invalid):
    """Previews come in a few widths."""

    message = N_("没有这种宽度的预览图。")


class NotEditable(Invalid):
    """The element is part of the reference code, or decided by another procedure."""

    message = N_("“%(name)s”不能在著录中修改：档号组成部分在归档后不变，密级和开放标识由审核程序决定。")


class TitleMissing(Invalid):
    """Every record has a title (DA/T 18-2022)."""

    message = N_("题名不能为空。")


class NothingToRestore(Invalid):
    """The row was not changed since."""

    message = N_("没有可恢复的修改。")


class TooManyToWatch(Refusal):
    """A search that finds too much would tell of something every day."""

    message = N_(
        "这个检索现在就有 %(total)d 条结果，太宽了，不能提醒（最多 %(most)d 条）。"
        "请再加几个条件，或保存时不选提醒。"
    )


class NothingToFind(Invalid):
    """A search without any condition is no search."""

    message = N_("请先写检索词或选择条件，再保存检索。")


class NumberNotKept(Refusal):
    """A saved search stands in the address and in the list of the organisation."""

    message = N_("含证件号的检索不能保存：证件号不留存在检索记录里。需要时请重新输入。")


@dataclass(frozen=True, slots=True)
class UnitWithHits:
    """A unit under which records match: how many, the units below it that do, and the first records in it."""

    row: Description
    count: int
    units: tuple[UnitWithHits, ...]
    hits: tuple[Description, ...]


@dataclass(frozen=True, slots=True)
class HitsInTree:
    """A search within a fonds; ``outside`` of all records found lie in none of the units."""

    total: int
    units: tuple[UnitWithHits, ...]
    hits: tuple[Description, ...]
    outside: int


class IndexMissing(Refusal):
    """There is no index yet."""

    message = N_("检索库还没有建好，请稍后再试。目录列表不受影响。")


class FindSort(StrEnum):
    """Orders in which a search shows what it found."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One search as it stands in the address."""

    text: str = ""
    fonds: frozenset[int] = frozenset()
    kinds: frozenset[str] = frozenset()
    years: frozenset[int] = frozenset()
    retentions: frozenset[str] = frozenset()
    opennesses: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    files: frozenset[int] = frozenset()  # the volumes that the items lie in
    news: frozenset[int] = frozenset()  # only these rows: what a saved search told of
    sort: FindSort = FindSort.RELEVANCE
    after: str = ""
    limit: int = 30


Segments = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One row found; the texts are cut at the words searched for (text, is_hit)."""

    id: int
    reference_code: str
    title: Segments
    snippet: Segments
    found_in: str  # the element that the snippet is of, "" for the text of a file
    author: str
    fonds_name: str
    kind_name: str
    dated_on: date | None
    openness: str
    openness_label: str
    retention_label: str
    marks: tuple[Mark, ...] = ()
    page: int = 0  # where the words stand best, if they stand in a file
    file_id: int = 0
    archives_code: str
    permanent_url: str  # for strangers as well


@dataclass(frozen=True, slots=True)
class Mark:
    """What another app says of an item: a word, a sentence, and where to read more for who may."""

    state: State
    text: Text
    url: str = ""
    is_gone: bool = False  # the item has no content any more


@dataclass(frozen=True, slots=True)
class FacetOption:
    """One value of a facet with how many rows have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """What the rows found can be narrowed by; ``name`` is its parameter in the address."""

    name: str
    label: str
    options: tuple[FacetOption, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of the box as it was understood; ``rest`` is the text without it."""

    label: str
    rest: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another text that finds ``total`` records."""

    text: str
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPage:
    """One page of a search; ``pending`` changes are not yet in the index, ``withheld`` rows of the page
    may no longer be seen."""

    conditions: tuple[Condition, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    hits: tuple[Hit, ...]
    total: int
    facets: tuple[Facet, ...]
    after: str
    took_ms: float
    is_ready: bool
    pending: int
    withheld: int


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of what was done to a description."""

    at: datetime
    who: str
    what: str
    fields: tuple[str, ...]
    entry_id: int
    request_id: str
    count: int = 1  # of the same by the same person on one day, of which this is the last


class AccessRole(models.TextChoices):
    """What an authority is to a description."""

    BY = "by", _("形成者")
    ABOUT = "about", _("内容涉及")


class LinkedAlready(Invalid):
    """A description has an authority once in a role."""

    message = N_("这条著录已经有检索点“%(name)s”。")


@dataclass(frozen=True, slots=True)
class Point:
    """An access point as shown; without an address where the reader may not open the record of authority."""

    id: int
    role: str
    name: str
    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class OpenedContent:
    """A file that is being handed out."""

    name: str
    size_bytes: int
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search that somebody saved, as its reader sees it."""

    id: int
    name: str
    url: str
    owner_name: str
    is_mine: bool
    is_shared: bool
    is_watched: bool
    told_at: datetime | None
