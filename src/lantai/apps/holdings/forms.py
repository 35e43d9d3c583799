"""What people fill in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lantai.apps.holdings.models import Fonds, SchemeClass
from lantai.apps.holdings.types import FondsKind, ScheduleLine
from lantai.platform.orgs.models import Org


class FondsForm(forms.Form):
    """A new fonds."""

    archives = forms.ModelChoiceField(Org.objects.none(), label=_("档案馆"))
    code = forms.CharField(
        label=_("全宗号"),
        max_length=4,
        help_text=_("1 个大写字母加 3 位数字，馆内不重复，例如 J109。设立后不再改变，因为档号由它组成。"),
    )
    name = forms.CharField(label=_("全宗名称"), max_length=120, help_text=_("通常是立档单位的全称。"))
    creator = forms.ModelChoiceField(
        Org.objects.none(),
        label=_("立档单位"),
        required=False,
        help_text=_("形成这个全宗的机关。机构已撤销、系统中没有时可不选。"),
    )
    kind = forms.ChoiceField(label=_("全宗类型"), choices=FondsKind.choices, initial=FondsKind.CREATOR)
    started_year = forms.IntegerField(label=_("起始年度"), required=False, min_value=1000, max_value=2999)
    ended_year = forms.IntegerField(label=_("终止年度"), required=False, min_value=1000, max_value=2999)
    note = forms.CharField(
        label=_("全宗说明"),
        required=False,
        widget=forms.Textarea,
        help_text=_("立档单位的沿革、职能和全宗内档案的情况。"),
    )

    def __init__(self, *args: Any, archives: QuerySet[Org], creators: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["archives"].queryset = archives  # type: ignore[attr-defined]
        self.fields["creator"].queryset = creators  # type: ignore[attr-defined]
        if len(archives) == 1:
            self.fields["archives"].initial = archives[0]

    def values(self) -> dict[str, Any]:
        """The input with ids, as the service takes it."""
        values = dict(self.cleaned_data)
        creator: Org | None = values.pop("creator")
        archives: Org = values.pop("archives")
        return {**values, "archives_id": archives.pk, "creator_id": creator.pk if creator else None}


class FondsChangeForm(forms.Form):
    """What may be corrected in a fonds."""

    name = FondsForm.base_fields["name"]
    creator = forms.ModelChoiceField(Org.objects.none(), label=_("立档单位"), required=False)
    kind = forms.ChoiceField(label=_("全宗类型"), choices=FondsKind.choices)
    started_year = FondsForm.base_fields["started_year"]
    ended_year = FondsForm.base_fields["ended_year"]
    note = FondsForm.base_fields["note"]

    def __init__(self, *args: Any, fonds: Fonds, creators: QuerySet[Org], **kwargs: Any) -> None:
        names = ("name", "creator", "kind", "started_year", "ended_year", "note")
        super().__init__(*args, initial={name: getattr(fonds, name) for name in names}, **kwargs)
        own = Org.objects.filter(pk=fonds.creator_id)
        self.fields["creator"].queryset = creators | own  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The input with ids, as the service takes it."""
        values = dict(self.cleaned_data)
        creator: Org | None = values.pop("creator")
        return {**values, "creator_id": creator.pk if creator else None}


class ClassForm(forms.Form):
    """A class of a scheme."""

    code = forms.CharField(
        label=_("代码"), max_length=16, help_text=_("机构或问题的代码：汉字、大写字母或数字，例如 BGS。")
    )
    name = forms.CharField(label=_("名称"), max_length=60)
    parent = forms.ModelChoiceField(SchemeClass.objects.none(), label=_("上位类"), required=False)

    def __init__(self, *args: Any, classes: QuerySet[SchemeClass], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = classes  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The input with ids, as the service takes it."""
        values = dict(self.cleaned_data)
        parent: SchemeClass | None = values.pop("parent")
        return {**values, "parent_id": parent.pk if parent else None}


class ScheduleForm(forms.Form):
    """A version of a schedule; its lines are pasted from a sheet."""

    org = forms.ModelChoiceField(Org.objects.none(), label=_("立档单位"))
    title = forms.CharField(label=_("名称"), max_length=120)
    lines = forms.CharField(
        label=_("条款"),
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_("每行一条：序号、归档范围、保管期限，之间用制表符或竖线隔开，可从表格直接粘贴。"),
    )

    def __init__(self, *args: Any, orgs: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        if len(orgs) == 1:
            self.fields["org"].initial = orgs[0]

    def clean_lines(self) -> list[ScheduleLine]:
        """The lines, or which of them cannot be read."""
        return list(_lines(self.cleaned_data["lines"]))


def _lines(text: str) -> Iterator[ScheduleLine]:
    for place, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        parts = [part.strip() for part in line.replace("｜", "|").replace("\t", "|").split("|")]
        if len(parts) != 3 or not all(parts):
            raise forms.ValidationError(
                _t("第 %(place)d 行不是“序号、归档范围、保管期限”三项。") % {"place": place}
            )
        if len(parts[0]) > 16 or len(parts[1]) > 300:
            raise forms.ValidationError(
                _t("第 %(place)d 行太长：序号最多 16 字，归档范围最多 300 字。") % {"place": place}
            )
        yield ScheduleLine(*parts)


class ApprovalForm(forms.Form):
    """The answer of the archival authority."""

    valid_from = forms.DateField(
        label=_("施行日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    approved_by = forms.CharField(label=_("批准机关"), max_length=120)
    citation = forms.CharField(label=_("批复文号"), max_length=120)


class RuleForm(forms.Form):
    """A new version of a rule."""

    title = forms.CharField(label=_("名称"), max_length=120)
    body = forms.CharField(
        label=_("内容"),
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
        help_text=_("JSON。各项的名称和类型须与现行版相同；期限的单位写在名称里。"),
    )
    valid_from = forms.DateField(
        label=_("施行日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    citation = forms.CharField(label=_("依据"), max_length=200, help_text=_("文件名称、文号、条款。"))
    is_confirmed = forms.BooleanField(label=_("已核对原文"), required=False)

    def clean_body(self) -> dict[str, object]:
        """The values, or where the JSON breaks."""
        try:
            body = json.loads(self.cleaned_data["body"])
        except json.JSONDecodeError as broken:
            raise forms.ValidationError(
                _t("第 %(line)d 行第 %(column)d 个字符处读不懂，请检查标点。")
                % {"line": broken.lineno, "column": broken.colno}
            ) from broken
        if not isinstance(body, dict):
            raise forms.ValidationError(_t("内容须是一组“名称: 值”。"))
        return body
