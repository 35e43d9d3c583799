"""Forms of oral history and dialects."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lantai.apps.acquisition.forms.cases import DAY, WORDS
from lantai.apps.acquisition.models import Speaker
from lantai.apps.acquisition.types import ConsentScope, SpeakerGroup, VoiceKind, VoiceRole
from lantai.platform.orgs.models import Org


class ProjectForm(forms.Form):
    """A project."""

    org = forms.ModelChoiceField(Org.objects.none(), label=_("采集单位"))
    title = forms.CharField(label=_("主题"), max_length=200)
    kind = forms.ChoiceField(label=_("类别"), choices=VoiceKind.choices)
    began_on = forms.DateField(label=_("开始日期"), widget=DAY)
    ended_on = forms.DateField(label=_("结束日期"), widget=DAY, required=False)
    background = forms.CharField(label=_("历史背景"), max_length=4000, required=False, widget=WORDS)
    outline = forms.CharField(label=_("采访提纲或调查条目"), max_length=8000, required=False, widget=WORDS)

    def __init__(self, *args: Any, orgs: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        if len(orgs) == 1:
            self.fields["org"].initial = orgs[0]

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        values = dict(self.cleaned_data)
        org = values.pop("org")
        return {**values, "org_id": org.pk}


class SpeakerForm(forms.Form):
    """A speaker."""

    group = forms.ChoiceField(label=_("类型"), choices=SpeakerGroup.choices)
    standing = forms.CharField(label=_("与事件的关系"), max_length=200, required=False)
    dialect_point = forms.CharField(
        label=_("方言点"), max_length=100, required=False, help_text=_("到乡镇、街道，可写行政区划代码。")
    )
    name = forms.CharField(label=_("姓名"), max_length=64)
    born_year = forms.IntegerField(label=_("出生年"), min_value=1900, max_value=2100, required=False)
    native_place = forms.CharField(label=_("籍贯"), max_length=100, required=False)
    contact = forms.CharField(label=_("联系方式"), max_length=200, required=False)
    fieldsets = (
        (_("口述者"), ("group", "standing", "dialect_point")),
        (_("个人信息（另行保存，查看时留下记录）"), ("name", "born_year", "native_place", "contact")),
    )


class ConsentForm(forms.Form):
    """What a speaker signed."""

    number = forms.CharField(label=_("授权书编号"), max_length=64)
    signed_on = forms.DateField(label=_("签署日期"), widget=DAY)
    scope = forms.ChoiceField(label=_("授权范围"), choices=ConsentScope.choices)
    is_anonymous = forms.BooleanField(label=_("匿名"), required=False)
    restricted_until = forms.DateField(label=_("限制利用至"), widget=DAY, required=False)


class WithdrawForm(forms.Form):
    """A withdrawal."""

    reason = forms.CharField(label=_("撤回的原因或经过"), max_length=1000, widget=WORDS)


class SessionForm(forms.Form):
    """A recording."""

    speaker = forms.ModelChoiceField(Speaker.objects.none(), label=_("口述者"))
    title = forms.CharField(label=_("题名"), max_length=200)
    held_on = forms.DateField(label=_("录制日期"), widget=DAY)
    place = forms.CharField(label=_("录制地点"), max_length=200)
    interviewer = forms.CharField(label=_("采集者"), max_length=64)
    language = forms.CharField(label=_("语言或方言"), max_length=64)
    device = forms.CharField(
        label=_("设备和格式"), max_length=200, required=False, help_text=_("例如 WAV 48 kHz 24 bit。")
    )
    summary = forms.CharField(label=_("内容提要"), max_length=4000, required=False, widget=WORDS)

    def __init__(self, *args: Any, speakers: QuerySet[Speaker], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["speaker"].queryset = speakers  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """What the files to come are."""

    role = forms.ChoiceField(label=_("作用"), choices=VoiceRole.choices)
