"""What people fill in to change the tree."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lantai.apps.catalogue.queries.numbering import Asked, Order
from lantai.apps.catalogue.tree import Inherited, PlacedBy
from lantai.apps.catalogue.types import Level
from lantai.apps.holdings.types import Openness
from lantai.kit.numbering import Style

PARTS = (
    ("parts", _("类目代码")),
    ("year", _("年度")),
    ("retention", _("保管期限")),
    ("class_code", _("机构（问题）代码")),
)
STYLES = ((Style.DAT13.value, "DA/T 13-2022"), (Style.DAT22.value, "DA/T 22-2015"))
ORDERS = (
    (Order.CODE.value, _("按现在的档号")),
    (Order.DATE.value, _("按日期")),
    (Order.TITLE.value, _("按题名")),
)


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("理由"),
        required=False,
        max_length=300,
        help_text=_("已经移交进馆的档案要变更档号时必填，写进整理记录和操作记录。"),
    )


class MoveForm(forms.Form):
    """Where rows go."""

    to = forms.CharField(
        label=_("移到哪个档号之下"),
        required=False,
        max_length=120,
        help_text=_("填同一全宗内类别或案卷的档号；留空表示直接放在全宗之下。"),
    )
    reason = _reason()


class MergeForm(forms.Form):
    """What units become part of."""

    to = forms.CharField(
        label=_("并入哪个档号"), max_length=120, help_text=_("被并入的案卷或类别的档号，今后会指向它。")
    )
    reason = _reason()


class SplitForm(forms.Form):
    """The new unit beside the one that rows come out of."""

    title = forms.CharField(label=_("新案卷（类别）题名"), max_length=1000)
    code = forms.CharField(
        label=_("新档号"), required=False, max_length=120, help_text=_("留空时接着编下一个号。")
    )
    reason = _reason()


class NumberForm(forms.Form):
    """By which rule codes are given."""

    style = forms.ChoiceField(label=_("编号规则"), choices=STYLES)
    parts = forms.MultipleChoiceField(
        label=_("档号里包含"), choices=PARTS, required=False, widget=forms.CheckboxSelectMultiple
    )
    width = forms.IntegerField(label=_("流水号位数"), min_value=3, max_value=5, initial=4)
    start = forms.IntegerField(
        label=_("从几号开始"),
        required=False,
        min_value=1,
        max_value=99_999,
        help_text=_("留空时接着现有的最大号往下编。"),
    )
    order = forms.ChoiceField(label=_("编号次序"), choices=ORDERS)
    reason = _reason()

    def asked(self) -> Asked:
        """The rule as it was chosen."""
        given = self.cleaned_data
        return Asked(
            style=given["style"],
            width=given["width"],
            parts=tuple(given["parts"]),
            start=given["start"],
            order=Order(given["order"]),
        )


class UnitForm(forms.Form):
    """A series or file to put records into."""

    level = forms.ChoiceField(
        label=_("著录层级"), choices=[(one.value, one.label) for one in (Level.SERIES, Level.FILE)]
    )
    reference_code = forms.CharField(label=_("档号"), max_length=120)
    title = forms.CharField(label=_("题名"), max_length=1000)
    above = forms.CharField(
        label=_("放在哪个类别之下"),
        required=False,
        max_length=120,
        help_text=_("填类别的档号；留空表示直接放在全宗之下。"),
    )
    year = forms.IntegerField(label=_("年度"), required=False, min_value=1000, max_value=2999)


class StateForm(forms.Form):
    """What a unit says for all that lies below it."""

    name = forms.ChoiceField(
        label=_("设定哪一项"),
        choices=[(one.value, one.label) for one in (Inherited.OPENNESS, Inherited.RETENTION)],
    )
    openness = forms.ChoiceField(
        label=_("开放标识"),
        required=False,
        choices=[("", _("不设定，承自上级")), *(c for c in Openness.choices if c[0] != Openness.UNREVIEWED)],
    )
    retention = forms.CharField(
        label=_("保管期限"),
        required=False,
        max_length=8,
        help_text=_("永久、30年、10年，或代码 Y、D30；留空表示承自上级。"),
    )
    reason = forms.CharField(label=_("理由"), max_length=300)

    def value(self) -> str:
        """What was chosen for the element."""
        return str(self.cleaned_data[self.cleaned_data["name"]])


class ArrangementForm(forms.Form):
    """A further arrangement and what it goes by."""

    name = forms.CharField(label=_("名称"), max_length=80)
    first = forms.ChoiceField(label=_("第一级"), required=False)
    second = forms.ChoiceField(label=_("第二级"), required=False)
    third = forms.ChoiceField(label=_("第三级"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first", "second", "third"):
            self.fields[name].choices = [("", _("不分")), *PlacedBy.choices]  # type: ignore[attr-defined]

    def rule(self) -> list[str]:
        """The levels that were chosen, in their order."""
        return [value for name in ("first", "second", "third") if (value := self.cleaned_data[name])]


class PlaceForm(forms.Form):
    """Headings and records put in by hand."""

    heading = forms.CharField(label=_("新标题"), required=False, max_length=200)
    codes = forms.CharField(
        label=_("放入的档号"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("一行一个档号，放到当前标题之下。"),
    )
