"""Kinds and refusals of authority records, after ISAAR(CPF) 2nd edition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Invalid, Refusal

OBJECT = "authorities:authority"
MERGE = "authorities:merge"
VOCABULARY = "authorities:vocabulary"


class AuthorityKind(models.TextChoices):
    """What an authority record is of."""

    CREATOR = "creator", _("机构")
    PERSON = "person", _("人物")
    FAMILY = "family", _("家族")
    PLACE = "place", _("地名")
    EVENT = "event", _("事件")
    SUBJECT = "subject", _("主题")


# ISAAR(CPF) and EAC-CPF are of corporate bodies, persons and families only.
CPF = frozenset({AuthorityKind.CREATOR.value, AuthorityKind.PERSON.value, AuthorityKind.FAMILY.value})


class Maturity(models.TextChoices):
    """How far a record is worked out (ISAAR 5.4.4)."""

    DRAFT = "draft", _("初稿")
    REVISED = "revised", _("已修订")
    FINAL = "final", _("定稿")


class NameKind(models.TextChoices):
    """What a name is to who bears it."""

    PREFERRED = "preferred", _("规范名称")
    FORMER = "former", _("曾用名")
    SHORT = "short", _("简称")
    ALIAS = "alias", _("别名、字号、笔名")
    FOREIGN = "foreign", _("外文或译名")


class RelationKind(models.TextChoices):
    """How the first of two authorities stands to the second; `inverse_of` says it the other way."""

    SUCCEEDED_BY = "succeeded_by", _("后继为")
    PART_OF = "part_of", _("隶属于")
    MEMBER_OF = "member_of", _("成员属于")
    LOCATED_IN = "located_in", _("位于")
    TOOK_PART = "took_part", _("参与")
    BROADER = "broader", _("上位主题")
    RELATED = "related", _("相关")


INVERSE = {
    RelationKind.SUCCEEDED_BY.value: _("前身为"),
    RelationKind.PART_OF.value: _("下辖"),
    RelationKind.MEMBER_OF.value: _("成员有"),
    RelationKind.LOCATED_IN.value: _("所在有"),
    RelationKind.TOOK_PART.value: _("参与者有"),
    RelationKind.BROADER.value: _("下位主题"),
    RelationKind.RELATED.value: _("相关"),
}
# Relations along which nothing may come back to where it began.
ACYCLIC = frozenset({RelationKind.SUCCEEDED_BY.value, RelationKind.PART_OF.value, RelationKind.BROADER.value})


class Likeness(models.TextChoices):
    """Why two authorities may be the same."""

    SAME_CODE = "same_code", _("代码相同")
    SAME_NAME = "same_name", _("名称相同")
    SAME_SOUND = "same_sound", _("读音相同")
    ONE_OFF = "one_off", _("名称相差一字")


@dataclass(frozen=True, slots=True)
class Suggested:
    """An authority as type-ahead offers it."""

    id: int
    name: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The elements of an authority record that are no list; dates as written, with their years beside."""

    name: str
    kind: str
    code: str = ""
    began: str = ""
    ended: str = ""
    history: str = ""
    functions: str = ""
    mandate: str = ""
    structure: str = ""
    context: str = ""
    note: str = ""
    maturity: str = Maturity.DRAFT
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Alike:
    """Two authorities that may be the same, and why."""

    first_id: int
    first_name: str
    first_dates: str
    second_id: int
    second_name: str
    second_dates: str
    kind: str
    likeness: str
    agrees_in_dates: bool


@dataclass(frozen=True, slots=True)
class Held:
    """How many rows of another app point to an authority, in words, and where they are listed."""

    label: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class ChainBox:
    """One authority of a chain of successors as drawn: column by generation, a bar over its years."""

    id: int
    name: str
    dates: str
    url: str
    is_current: bool
    x: int
    y: int
    width: int


@dataclass(frozen=True, slots=True)
class ChainLine:
    """An arrow from who came before to who came after."""

    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True, slots=True)
class Chain:
    """The predecessors and successors of one authority; without any there is nothing to draw."""

    boxes: tuple[ChainBox, ...] = ()
    lines: tuple[ChainLine, ...] = ()
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What a merge would do, counted from the rows."""

    survivor_id: int
    survivor_name: str
    merged: tuple[tuple[int, str], ...]
    names: tuple[str, ...]
    relation_count: int
    held: Mapping[str, int] = field(default_factory=dict)


class NameMissing(Invalid):
    """An authority has a name."""

    message = N_("请填写规范名称。")


class NameTaken(Invalid):
    """The same kind, name and beginning: it is there already."""

    message = N_("“%(name)s”已经登记过（%(dates)s）。是同一个对象的，请打开那一条修改或加名称；是另一个同名对象的，请填写与它不同的起始年份。")


class DatesUnreadable(Invalid):
    """Dates are years, months or days, perhaps unsure."""

    message = N_(
        "日期“%(text)s”看不懂。请写年份、年月或年月日，例如 1949、1949-10、1949-10-01，约数写“约1949”。"
    )


class DatesNotInOrder(Invalid):
    """Nothing ends before it begins."""

    message = N_("终止年 %(ended)d 早于起始年 %(began)d，请核对。")


class UnitTaken(Invalid):
    """An organisation of the platform has one authority record."""

    message = N_("平台单位“%(unit)s”已经对应规范记录“%(name)s”。")


class UnitOfCreatorOnly(Invalid):
    """Persons, places and subjects are no organisations."""

    message = N_("只有“机构”可以对应平台单位。")


class PlaceCodeWrong(Invalid):
    """GB/T 2260 codes have six digits."""

    message = N_("行政区划代码应是 6 位数字（GB/T 2260）。")


class CreditCodeWrong(Invalid):
    """GB 32100 codes have eighteen characters and a check character."""

    message = N_("统一社会信用代码“%(code)s”的校验位不对，请核对（GB 32100）。")


class LastPreferredName(Refusal):
    """The preferred name is changed with the record, not taken away."""

    message = N_("规范名称在“修改记录”中改，不能在这里删除。")


class RelatedToItself(Invalid):
    """A relation has two ends."""

    message = N_("不能与自身建立关系。")


class RelatedAlready(Invalid):
    """The relation is there."""

    message = N_("这个关系已经登记过。")


class RelationInCircle(Invalid):
    """Successors and parts do not come back to themselves."""

    message = N_("“%(name)s”经由已有的关系会回到自身，请核对方向。")


class AuthorityChanged(Refusal):
    """Somebody else saved the record since it was opened."""

    message = N_("这条规范记录在您打开之后由别人改过，您的修改没有保存。请对照最新内容再改。")


class AuthorityMerged(Refusal):
    """A merged record is read where it went."""

    message = N_("“%(name)s”已经并入“%(into)s”，请在那里修改。")


class NothingToMerge(Invalid):
    """A merge takes two records."""

    message = N_("请至少选两条要合并的规范记录。")


class MergeOfKinds(Invalid):
    """A person is no place."""

    message = N_("“%(first)s”和“%(second)s”种类不同，不能合并。")


class MergeUndone(Refusal):
    """A merge is undone once."""

    message = N_("这次合并已经撤销。")


class MergedFurther(Refusal):
    """Later merges are undone first."""

    message = N_("这次合并的记录后来又参与了合并“%(name)s”，请先撤销后来的合并。")


class NotCpf(Invalid):
    """EAC-CPF knows corporate bodies, persons and families."""

    message = N_("EAC-CPF 只用于机构、人物和家族。地名、事件和主题请从列表导出。")


class SlugTaken(Invalid):
    """Vocabularies are told apart by their identifiers."""

    message = N_("标识“%(slug)s”已用于词表“%(name)s”。")


class TermTaken(Invalid):
    """A term stands once in its vocabulary."""

    message = N_("词表中已有“%(label)s”。")


class SourceMissing(Invalid):
    """A source says where something is from."""

    message = N_("请写明来源。")
