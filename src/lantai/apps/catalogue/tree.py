"""What the tree of descriptions is made of, what may be done to it, and what is refused."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.apps.catalogue.types import Level
from lantai.kit.errors import N_, Invalid, Refusal

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Placement


class Inherited(models.TextChoices):
    """Elements that a row has from above where it does not say them itself."""

    CUSTODIAN = "custodian", _("保管单位")
    OPENNESS = "openness", _("开放标识")
    RETENTION = "retention", _("保管期限")


class Deed(models.TextChoices):
    """What a rearrangement did."""

    MOVED = "moved", _("移动")
    MERGED = "merged", _("合并")
    SPLIT = "split", _("拆分")
    NUMBERED = "numbered", _("编号")
    STATED = "stated", _("设定")


class PlacedBy(models.TextChoices):
    """By what an arrangement can place records by itself."""

    YEAR = "year", _("年度")
    CREATOR = "creator", _("立档单位")
    CLASS = "class_code", _("机构或问题")
    RETENTION = "retention", _("保管期限")
    KIND = "kind", _("档案种类")
    PERSON = "person", _("人名")


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A unit in the tree; ``branch`` is what is shown of what lies under it."""

    id: int
    reference_code: str
    title: str
    level: str
    child_count: int
    is_current: bool = False
    is_beyond: bool = False  # more lie under it than are counted
    fonds_id: int = 0
    branch: TreeWindow | None = None

    @property
    def level_label(self) -> str:
        """The level in words."""
        return str(Level(self.level).label)


@dataclass(frozen=True, slots=True)
class TreeWindow:
    """Some of the units under one; ``after`` is where the next window begins, 0 behind the last.

    ``looked_at`` is 0, or among how many rows these were found where that many were not all of them.
    """

    nodes: tuple[TreeNode, ...]
    total: int
    is_beyond: bool = False
    after: int = 0
    looked_at: int = 0
    is_from_start: bool = True
    filter_text: str = ""
    parent_id: int = 0  # 0: the fonds itself
    fonds_id: int = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an element comes from that a row has from above; ``id`` is None where nothing above says it."""

    name: str
    id: int | None
    level: str
    label: str

    @property
    def name_label(self) -> str:
        """The element in words."""
        return str(Inherited(self.name).label)


@dataclass(frozen=True, slots=True)
class PlacementWindow:
    """Some places of a further arrangement, each with how many lie under it; ``after`` as in a window of the tree."""

    places: tuple[tuple[Placement, int], ...]
    after: int = 0


@dataclass(frozen=True, slots=True)
class PlanLine:
    """What an act would make of one row; ``warning`` says what to see to afterwards."""

    id: int
    revision: int
    level: str
    title: str
    code: str
    new_code: str
    parent_id: int | None
    new_parent_id: int | None
    merged_into: int | None = None
    is_frozen: bool = False  # transferred: its code changes only for a reason
    warning: str = ""

    @property
    def is_renamed(self) -> bool:
        """Whether it gets another code."""
        return self.code != self.new_code

    @property
    def is_moved(self) -> bool:
        """Whether it goes under another unit."""
        return self.parent_id != self.new_parent_id

    @property
    def is_changed(self) -> bool:
        """Whether anything happens to it."""
        return self.is_renamed or self.is_moved or self.merged_into is not None


@dataclass(frozen=True, slots=True)
class Plan:
    """An act on rows as it would be done now; ``digest`` tells whether it still would be done so."""

    deed: str
    summary: str
    lines: tuple[PlanLine, ...]

    @property
    def digest(self) -> str:
        """Of all that it would do."""
        return hashlib.sha256(repr((self.deed, self.lines)).encode()).hexdigest()

    @property
    def needs_reason(self) -> bool:
        """Whether codes would change that are frozen."""
        return any(line.is_frozen and line.is_renamed for line in self.lines)

    @property
    def renamed(self) -> int:
        """How many rows get another code."""
        return sum(line.is_renamed for line in self.lines)


class NotBeneath(Invalid):
    """The levels do not fit."""

    message = N_("“%(below)s”不能放在“%(above)s”之下。全宗之下可以是类别、案卷和件，案卷之下只能是件。")


class UnderItself(Invalid):
    """A unit would lie under itself."""

    message = N_("“%(code)s”不能移到它自己或它的下级之中。")


class OtherFonds(Invalid):
    """Codes carry the number of the fonds."""

    message = N_("“%(code)s”属于另一个全宗。档号含有全宗号，档案不能跨全宗整理；全宗划分有误时请先调整全宗。")


class OtherCustodian(Refusal):
    """What somebody else keeps is not arranged here."""

    message = N_("“%(code)s”由“%(custodian)s”保管，不能和这里的档案放在一起整理。")


class ContentDestroyed(Refusal):
    """What was destroyed stays where the list of destruction says it was."""

    message = N_("“%(code)s”的内容已经销毁，它的位置和档号要与销毁清册一致，不能再调整。")


class CodeFrozen(Invalid):
    """A code is frozen once records are transferred (DA/T 13-2022)."""

    message = N_("有 %(count)d 条已经移交进馆，档号已固定（例如“%(code)s”）。确需变更时请写明理由。")


class FormerCodeTaken(Invalid):
    """A code that led to one row must not lead to another."""

    message = N_("档号“%(code)s”曾用于“%(title)s”，不能再给别的档案。")


class CodeTwice(Invalid):
    """Two rows would get the same code."""

    message = N_(
        "按这个规则，“%(code)s”会同时编给“%(first)s”和“%(second)s”。请加上区分它们的部分，或分开编号。"
    )


class NothingChosen(Invalid):
    """An act needs rows."""

    message = N_("请先选择要整理的条目。")


class TooManyRows(Invalid):
    """An act is previewed as a whole and done as a whole."""

    message = N_("一次最多整理 %(most)d 条，这里有 %(count)d 条。请分批进行。")


class PlanStale(Refusal):
    """What was previewed is no longer what would be done."""

    message = N_("预览之后目录有了变动，什么也没有改。请重新预览再确认。")


class CannotUndo(Refusal):
    """Something else has happened to the rows since."""

    message = N_("有 %(count)d 条在这次整理之后又改过（例如“%(code)s”），不能整批撤销。请先撤销后来的整理。")


class AlreadyUndone(Refusal):
    """An act is taken back once."""

    message = N_("这次整理已经撤销过了。")


class NotMergeable(Invalid):
    """Only files and series are merged, with their like."""

    message = N_("只能把同一全宗的案卷并入案卷、类别并入类别；件不能合并。")


class WholeUnit(Invalid):
    """A split leaves something in both."""

    message = N_("拆分时要选出一部分下级条目，不能一条不选，也不能全选。")


class NothingStated(Invalid):
    """The value is none that the element may have."""

    message = N_("“%(value)s”不是%(name)s可以取的值。")


class NotStatedHere(Refusal):
    """The content has its custodian; a transfer changes that."""

    message = N_(
        "“%(code)s”有封存的内容，它的保管单位、保管期限和开放标识由移交、鉴定和开放审核决定，不能在这里设定。"
    )


class ArrangementNameTaken(Invalid):
    """Two arrangements of a fonds have different names."""

    message = N_("这个全宗已经有名为“%(name)s”的排列方式，请换一个名称。")


class HeadingMissing(Invalid):
    """A heading has words."""

    message = N_("请写标题，最多 200 字。")


class NoRuleOfArrangement(Invalid):
    """An arrangement by hand has no rule to follow."""

    message = N_("这种排列方式没有设定依据，只能手工放置。")


class GroupOnly(Invalid):
    """Only a fonds of the kind 全宗群 holds others."""

    message = N_("“%(name)s”不是全宗群，不能把全宗归入其中。")


class LevelsMixed(Invalid):
    """Files have file numbers, items have item numbers."""

    message = N_("一次只能给同一层级的条目编号：要么都是案卷，要么都是件。")


class CannotNumber(Invalid):
    """A row does not say what the rule asks for."""

    message = N_("“%(title)s”不能按这个规则编号：%(why)s")


class NoSuchUnit(Invalid):
    """A code was written that no unit of the fonds has."""

    message = N_("这个全宗里没有您可以整理的“%(code)s”，请核对档号。")


@dataclass(frozen=True, slots=True)
class Rearranged:
    """A row of an act: what it was, what it is now."""

    id: int
    title: str
    level: str
    code: str
    former_code: str
    is_moved: bool
    is_made: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """How many records were put under which heading (None for the top)."""

    under_id: int | None
    count: int
