"""What people fill in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lantai.apps.topics.models import Member, OwnField, Section
from lantai.apps.topics.types import OwnFieldKind, Share, TopicKind
from lantai.platform.orgs.models import Org


class ReviseForm(forms.Form):
    """What the front page says."""

    title = forms.CharField(label=_("专题名称"), max_length=120)
    kind = forms.ChoiceField(label=_("专题类型"), choices=TopicKind.choices)
    introduction = forms.CharField(
        label=_("专题介绍"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    cover_code = forms.CharField(
        label=_("封面档案"),
        required=False,
        max_length=120,
        help_text=_("专题内一件档案的档号，用它的第一页作封面；读者无权看原文的不显示。"),
    )


class MakeForm(forms.Form):
    """A new topic."""

    org = forms.ModelChoiceField(Org.objects.none(), label=_("建立单位"))
    title = forms.CharField(label=_("专题名称"), max_length=120)
    kind = forms.ChoiceField(label=_("专题类型"), choices=TopicKind.choices)
    introduction = forms.CharField(
        label=_("专题介绍"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(self, *args: Any, orgs: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        if len(orgs) == 1:
            self.fields["org"].initial = orgs[0]


class RuleForm(forms.Form):
    """A search as the rule."""

    rule = forms.CharField(
        label=_("收录规则"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "写法与检索框相同，如：粮票 OR 布票。要按全宗、年度等筛选，先在“检索”中选好，再把地址粘贴到这里。"
        ),
    )


class PickForm(forms.Form):
    """Records by their codes."""

    codes = forms.CharField(
        label=_("档号"),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("一行一个，可以从表格粘贴。"),
    )
    section = forms.ModelChoiceField(Section.objects.none(), label=_("栏目"), required=False)

    def __init__(self, *args: Any, sections: QuerySet[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].queryset = sections  # type: ignore[attr-defined]


class PlaceForm(forms.Form):
    """A section for chosen records."""

    section = forms.ModelChoiceField(
        Section.objects.none(), label=_("栏目"), required=False, help_text=_("不选表示移出栏目，仍在专题里。")
    )
    ids = forms.CharField(widget=forms.HiddenInput, max_length=10_000)

    def __init__(self, *args: Any, sections: QuerySet[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].queryset = sections  # type: ignore[attr-defined]


class SectionForm(forms.Form):
    """A part of the front page."""

    title = forms.CharField(label=_("栏目名称"), max_length=120)
    text = forms.CharField(
        label=_("栏目说明"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    position = forms.IntegerField(label=_("次序"), min_value=1, max_value=1000, initial=1)


class FieldForm(forms.Form):
    """An own field."""

    label = forms.CharField(label=_("字段名称"), max_length=60)
    kind = forms.ChoiceField(label=_("字段类型"), choices=OwnFieldKind.choices)
    is_open = forms.BooleanField(
        label=_("向公众显示"),
        required=False,
        help_text=_("专题向公众开放时，在公众页面上显示已开放档案的这一字段。"),
    )
    position = forms.IntegerField(label=_("次序"), min_value=1, max_value=1000, initial=1)


class ReviseFieldForm(FieldForm):
    """What may change of an own field: its type may not, for values are written by it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["kind"]


class ShareForm(forms.Form):
    """Who may open the topic."""

    with_whom = forms.ChoiceField(
        label=_("共享范围"),
        choices=Share.choices,
        help_text=_("共享的是专题本身。专题中的档案，各人仍只能看到自己有权查看的；公众只能看到已开放的。"),
    )


class ValuesForm(forms.Form):
    """The own fields of one record."""

    def __init__(self, *args: Any, own_fields: Sequence[OwnField], member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widgets = {
            OwnFieldKind.DATE.value: {"type": "date"},
            OwnFieldKind.NUMBER.value: {"inputmode": "decimal"},
        }
        for field in own_fields:
            self.fields[f"own_{field.pk}"] = forms.CharField(
                label=field.label,
                required=False,
                max_length=2000,
                initial=member.own.get(str(field.pk), ""),
                widget=forms.TextInput(attrs=widgets.get(field.kind, {})),
            )

    def values(self) -> dict[int, str]:
        """As the service takes them."""
        return {int(name.removeprefix("own_")): text for name, text in self.cleaned_data.items()}
