"""What people fill in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from lantai.apps.printing.types import Spine

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class FillForm(forms.Form):
    """How thick the boxes are."""

    pages = forms.IntegerField(
        label=_("每盒页数"),
        min_value=1,
        max_value=5000,
        initial=200,
        help_text=_("一盒最多放多少页；一件不会拆到两盒里。没有登记页数的文件按 1 页算。"),
    )
    spine_mm = forms.TypedChoiceField(
        label=_("盒脊厚度"), choices=Spine.choices, coerce=int, initial=Spine.MEDIUM
    )


class BoxForm(forms.Form):
    """The note of a box."""

    situation = forms.CharField(
        label=_("盒内文件情况说明"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("缺损、修改、补充、移出、销毁等情况；没有就空着。"),
    )
    arranged_by = forms.CharField(label=_("整理人"), required=False, max_length=64)
    arranged_on = forms.DateField(label=_("整理日期"), required=False, widget=_DAY)
    checked_by = forms.CharField(label=_("检查人"), required=False, max_length=64)
    checked_on = forms.DateField(label=_("检查日期"), required=False, widget=_DAY)
    place = forms.CharField(
        label=_("存放位置"), required=False, max_length=200, help_text=_("库房、区、列、节、层。")
    )
    spine_mm = forms.TypedChoiceField(label=_("盒脊厚度"), choices=Spine.choices, coerce=int)
