"""What people fill in: the application one question at a time, tracking, verifying, and the desk's forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lantai.apps.readingroom import services
from lantai.apps.readingroom.types import (
    OF_PERSONS,
    Application,
    ClueMissing,
    IdKind,
    IdNumberWrong,
    NamesMissing,
    PhoneWrong,
    Purpose,
    Relation,
)
from lantai.platform.orgs.models import Org
from lantai.platform.ui import pages

_BETWEEN_NAMES = re.compile(r"[\s,，、;；]+")
_MOST_NAMES, _NAME_CHARS = 8, 64


class Asking(forms.Form):
    """A form for people who do not fill in forms all day: what is missing is asked for by its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("这一项还没有填，填好后再继续。")


class WhoForm(Asking):
    """Whose record is it?"""

    relation = forms.ChoiceField(
        label=_("这是谁的档案？"), choices=Relation.choices, widget=forms.RadioSelect, initial=Relation.SELF
    )
    purpose = forms.ChoiceField(
        label=_("用来做什么？"), choices=Purpose.choices, widget=forms.RadioSelect, initial=Purpose.PERSONAL
    )


class WhatForm(Asking):
    """What does the record say?"""

    persons = forms.CharField(
        label=_("档案上写的姓名"),
        max_length=400,
        required=False,
        help_text=_("曾用名也请写上。多个姓名用空格隔开；婚姻登记请写男女双方。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    years = forms.CharField(
        label=_("大致年份"),
        max_length=40,
        required=False,
        help_text=_("记不清可以写一个范围，例如 1985—1990。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    place = forms.CharField(
        label=_("登记地点或单位"),
        max_length=120,
        required=False,
        help_text=_("例如登记时的街道、乡镇，或当时的工作单位。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    clue = forms.CharField(
        label=_("其他线索"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, topic: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._topic, names = topic, self.fields["persons"]
        names.required = topic in OF_PERSONS
        if not names.required:
            names.help_text = _("查文件可以不写姓名，把题名、文号或档号写在“其他线索”里。")

    def clean(self) -> dict[str, Any]:
        """There is something to search for."""
        data = super().clean() or {}
        if "persons" in data and "clue" in data:
            try:
                services.check_sought(self._topic, names_of(data["persons"]), data["clue"])
            except (NamesMissing, ClueMissing) as missing:
                pages.refused(self, missing)
        return data

    def clean_persons(self) -> str:
        """Names, none of them a story."""
        names = names_of(self.cleaned_data["persons"])
        if len(names) > _MOST_NAMES or any(len(name) > _NAME_CHARS for name in names):
            raise forms.ValidationError(
                _("最多写 8 个姓名，每个不超过 64 个字。其他情况请写在“其他线索”里。")
            )
        return " ".join(names)


class WhereForm(Asking):
    """Which archives keeps it?"""

    archives = forms.ModelChoiceField(
        Org.objects.none(),
        label=_("向哪家档案馆申请？"),
        widget=forms.RadioSelect,
        empty_label=None,
        help_text=_("一般选事情发生地的档案馆。"),
    )

    def __init__(self, *args: Any, archives: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["archives"]
        field.queryset = archives  # type: ignore[attr-defined]
        if len(archives) == 1:
            field.initial = archives[0].pk


class YouForm(Asking):
    """Who asks, and how can they be reached?"""

    applicant_name = forms.CharField(
        label=_("您的姓名"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    id_kind = forms.ChoiceField(label=_("证件类型"), choices=IdKind.choices, initial=IdKind.RESIDENT)
    id_number = forms.CharField(
        label=_("证件号码"),
        max_length=32,
        help_text=_("加密保存，只有受理您申请的工作人员能看到，每次查看都有记录。"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    phone = forms.CharField(
        label=_("联系电话"),
        max_length=20,
        help_text=_("查询进度时要用号码的后四位。"),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )

    def clean(self) -> dict[str, Any]:
        """The check character of GB 11643, and a phone number that can be called."""
        data = super().clean() or {}
        try:
            if "id_number" in data and "id_kind" in data:
                data["id_number"] = services.check_id_number(data["id_kind"], data["id_number"])
        except IdNumberWrong as wrong:
            pages.refused(self, wrong)
        try:
            if "phone" in data:
                data["phone"] = services.check_phone(data["phone"])
        except PhoneWrong as wrong:
            pages.refused(self, wrong)
        return data


class CheckForm(forms.Form):
    """Is everything right?"""

    submit_key = forms.CharField(widget=forms.HiddenInput, max_length=40)
    promise = forms.BooleanField(label=_("以上内容属实，查到的档案只用于所写的目的。"))


@dataclass(frozen=True, slots=True)
class Step:
    """One screen of the application."""

    slug: str
    name: str | Promise
    question: str | Promise
    form: type[forms.Form]


STEPS = (
    Step("who", _("谁的档案"), _("您要查谁的档案？"), WhoForm),
    Step("what", _("档案内容"), _("档案上写了什么？"), WhatForm),
    Step("where", _("档案馆"), _("向哪家档案馆申请？"), WhereForm),
    Step("you", _("您的信息"), _("怎样联系您？"), YouForm),
    Step("check", _("核对提交"), _("请核对后提交"), CheckForm),
)


def names_of(text: str) -> tuple[str, ...]:
    """Names as people separate them."""
    return tuple(name for name in _BETWEEN_NAMES.split(text) if name)


def application_of(topic: str, said: Mapping[str, str]) -> Application:
    """The application that the checked answers of all screens make."""
    return Application(
        archives_id=int(said["archives"]),
        topic=topic,
        relation=said["relation"],
        purpose=said["purpose"],
        persons=names_of(said["persons"]),
        applicant_name=said["applicant_name"],
        id_kind=said["id_kind"],
        id_number=said["id_number"],
        phone=said["phone"],
        years=said.get("years", ""),
        place=said.get("place", ""),
        clue=said.get("clue", ""),
    )


class TrackForm(Asking):
    """Number and phone."""

    number = forms.CharField(
        label=_("办件编号"),
        max_length=40,
        help_text=_("提交申请后得到的编号，以 CD 开头。"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    phone_tail = forms.RegexField(
        r"^\s*\d{4}\s*$",
        label=_("手机号后四位"),
        error_messages={"invalid": _("请填写四位数字。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "maxlength": "4"}),
    )


class PaperForm(Asking):
    """Number and check code of a certificate on paper."""

    number = forms.CharField(
        label=_("证明编号"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    check_code = forms.CharField(
        label=_("校验码"),
        max_length=40,
        help_text=_("印在证明的二维码旁边，共 16 位。"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class FileForm(Asking):
    """The file itself."""

    file = forms.FileField(
        label=_("证明文件"),
        help_text=_("可以拖到这里。支持证明（PDF）、回执和证据包；只用来核验，不保存。"),
        allow_empty_file=True,
    )


class StatementForm(forms.Form):
    """What a linked record says."""

    statement = forms.CharField(
        label=_("证明内容"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class HallForm(forms.Form):
    """What the portal says of our reading room."""

    hours = forms.CharField(
        label=_("开放时间"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    address = forms.CharField(label=_("地址"), required=False, max_length=200)
    phone = forms.CharField(label=_("咨询电话"), required=False, max_length=60)
    fee = forms.CharField(
        label=_("费用说明"), required=False, max_length=200, help_text=_("申请人在开始填写前会看到。")
    )
    takes_requests = forms.BooleanField(label=_("接受网上申请"), required=False)
