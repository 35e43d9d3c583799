"""Kinds and refusals of this app."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Invalid, Refusal
from lantai.platform.context import Ctx
from lantai.platform.ui.types import Text

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds

BOX = "printing:box"
MOST = 200  # papers that one source tells of
CONTENT_ROWS = 300  # of one paper that are printed in the file about a fonds
VOLUME_ROWS = 2_000  # of one printed volume of a list


class Layout(models.TextChoices):
    """The lists and forms of DA/T 22-2015 and GB/T 9705-2008."""

    ITEMS = "items", _("归档文件目录")
    FILES = "files", _("案卷目录")
    CONTENTS = "contents", _("卷内文件目录")
    COVER = "cover", _("案卷封面")
    NOTE = "note", _("卷内备考表")


OF_ONE_FILE = frozenset({Layout.CONTENTS, Layout.COVER, Layout.NOTE})


class Chapter(models.TextChoices):
    """Classes of papers in the file about a fonds (全宗卷, DA/T 12-2012)."""

    INTRODUCTION = "introduction", _("全宗介绍")
    TAKING = "taking", _("收集")
    ARRANGING = "arranging", _("整理")
    APPRAISING = "appraising", _("鉴定")
    KEEPING = "keeping", _("保管")
    COUNTING = "counting", _("统计")
    USING = "using", _("利用")
    TECHNOLOGY = "technology", _("新技术应用")


class Spine(models.IntegerChoices):
    """Widths of archive boxes, in millimetres (DA/T 22-2015)."""

    NARROW = 20, "20 mm"
    MEDIUM = 30, "30 mm"
    WIDE = 40, "40 mm"
    WIDEST = 50, "50 mm"


@dataclass(frozen=True, slots=True)
class Content:
    """What stands in a paper: words, a table, or both; a table without ``head`` is of labelled values."""

    text: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper, or one group of facts, in the file about a fonds; ``url`` where it can be read.

    ``read`` gives what stands in it, asked only where the file is printed; None where it is no page of ours.
    """

    on: date | None
    title: Text
    number: str = ""
    url: str = ""
    read: Callable[[], Content] | None = None


Find = Callable[[Ctx, "Fonds"], Iterable[Paper]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is printed: rows of a fonds, narrowed by year, retention (a code) and class."""

    fonds_id: int
    year: int | None = None
    retention: str = ""
    class_code: str = ""


class NothingToPrint(Invalid):
    """The list would be empty."""

    message = N_("按这些条件没有可以打印的条目。请换一个年度、保管期限或类目。")


class NoSuchVolume(Invalid):
    """The list has fewer volumes."""

    message = N_("这份目录只有 %(count)d 册，没有第 %(volume)d 册。")


class NothingToBox(Refusal):
    """All items lie in boxes."""

    message = N_("这些条件下没有还未装盒的归档文件。")


class NotTheLastBox(Refusal):
    """Taking a box out of the middle would leave a gap in the numbers."""

    message = N_("只能撤销最后一盒（第 %(last)d 盒）。请从最后一盒开始撤销。")


class PagesTooMany(Invalid):
    """One item is thicker than a box."""

    message = N_("“%(code)s”有 %(pages)d 页，超过每盒 %(most)d 页。请加大每盒页数。")


class SpineUnknown(Invalid):
    """Boxes come in a few widths."""

    message = N_("盒脊厚度只有 20、30、40、50 毫米。")
