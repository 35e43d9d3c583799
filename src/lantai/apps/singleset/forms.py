"""What people fill in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lantai.apps.singleset.models import Answer
from lantai.apps.singleset.types import Criterion, Level
from lantai.platform.orgs.models import Org

_UNSAID = [("", _("未填写"))]


class BeginForm(forms.Form):
    """A new round."""

    org = forms.ModelChoiceField(Org.objects.none(), label=_("立档单位"))
    kinds = forms.ModelMultipleChoiceField(
        None,
        label=_("档案种类"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("批准后，这些种类的文件只以电子形式归档、保管和移交。"),
    )
    systems = forms.CharField(
        label=_("业务系统和档案系统"),
        max_length=300,
        help_text=_("写明形成文件的业务系统和保存文件的档案系统的名称、版本。"),
    )

    def __init__(self, *args: Any, orgs: QuerySet[Org], kinds: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        self.fields["kinds"].queryset = kinds  # type: ignore[attr-defined]
        if len(orgs) == 1:
            self.fields["org"].initial = orgs[0]


class CriteriaForm(forms.Form):
    """Level and words for each criterion, under its dimension; ``side`` is the agency's or the reviewer's."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        criteria: Iterable[Criterion],
        answers: Mapping[str, Answer],
        is_review: bool,
    ) -> None:
        super().__init__(data)
        self.criteria = tuple(criteria)
        sets: dict[str, list[str]] = {}
        for one in self.criteria:
            answer = answers[one.code]
            level, words = _names(one.code)
            self.fields[level] = forms.ChoiceField(
                label=f"{one.code} {one.text}",
                choices=[*_UNSAID, *Level.choices],
                required=False,
                initial=answer.review_level if is_review else answer.level,
                help_text=_("必备条件：须“符合”。") if one.is_required else "",
            )
            self.fields[words] = forms.CharField(
                label=_("审核意见") if is_review else _("情况说明"),
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
                initial=answer.review_note if is_review else answer.statement,
            )
            sets.setdefault(one.dimension, []).extend((level, words))
        self.fieldsets = tuple((dimension, tuple(names)) for dimension, names in sets.items())

    def said(self) -> dict[str, tuple[str, str]]:
        """Code → level and words."""
        values = self.cleaned_data
        pairs = ((one.code, _names(one.code)) for one in self.criteria)
        return {code: (values[level], values[words].strip()) for code, (level, words) in pairs}


def _names(code: str) -> tuple[str, str]:
    slug = code.replace(".", "_")
    return f"level_{slug}", f"words_{slug}"


class EvidenceForm(forms.Form):
    """A paper for one criterion."""

    code = forms.ChoiceField(label=_("佐证的条目"))
    file = forms.FileField(
        label=_("佐证材料"), help_text=_("PDF、OFD、图片、Word、Excel 或文本文件，每件不超过 50 MB。")
    )

    def __init__(self, *args: Any, criteria: Iterable[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [(one.code, f"{one.code} {one.text}") for one in criteria]  # type: ignore[attr-defined]


class ApprovalForm(forms.Form):
    """The decision."""

    valid_from = forms.DateField(
        label=_("单套起始日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    approved_by = forms.CharField(label=_("批准机关"), max_length=120)
    citation = forms.CharField(label=_("批复文号"), max_length=120)
