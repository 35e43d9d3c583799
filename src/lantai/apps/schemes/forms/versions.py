"""Forms about a version as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lantai.apps.schemes.forms.parameters import LinesField
from lantai.apps.schemes.types import CERTAINTY_LABELS, LEVEL_LABELS, Candidate, Stage
from lantai.kit.fourprops import checks
from lantai.kit.fourprops.registry import Check
from lantai.kit.fourprops.scheme import Level, Scheme
from lantai.kit.fourprops.vocabulary import PROPERTY_LABELS, Property
from lantai.kit.fourprops.vocabulary import Stage as KitStage
from lantai.platform.orgs.models import Org

LEVELS = [(level.value, label) for level, label in LEVEL_LABELS.items()]


class AboutForm(forms.Form):
    """Name, remarks and why."""

    title = forms.CharField(label=_("名称"), max_length=120)
    note = forms.CharField(
        label=_("修改说明"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("为什么要改，依据是什么。发布人和以后的人会看到。"),
    )  # fmt: skip
    notes = LinesField(label=_("说明"), help_text=_("每行一条，随方案导出。"))


class LevelsForm(forms.Form):
    """How strict each check is at each stage."""

    def __init__(self, data: Mapping[str, Any] | None, *, scheme: Scheme) -> None:
        super().__init__(data)
        self.known = {setting.code: setting for setting in scheme.settings}
        for code in sorted(checks.registered(), key=_order):
            setting = self.known.get(code)
            for stage in Stage:
                level = setting.levels[KitStage(stage.value)] if setting else Level.OFF
                self.fields[f"{stage.value}__{code}"] = forms.ChoiceField(
                    label=_t("%(code)s %(stage)s") % {"code": code, "stage": stage.label},
                    choices=LEVELS,
                    initial=level.value,
                )

    def groups(self) -> Iterator[tuple[str, list[tuple[Check, str, list[forms.BoundField]]]]]:
        """The checks of each property with their certainty and fields."""
        for prop in Property:
            rows = [
                (check, self._certainty(code), [self[f"{stage.value}__{code}"] for stage in Stage])
                for code, check in sorted(checks.registered().items(), key=lambda pair: _order(pair[0]))
                if check.property is prop
            ]
            yield _t(PROPERTY_LABELS[prop]), rows

    def _certainty(self, code: str) -> str:
        setting = self.known.get(code)
        return str(CERTAINTY_LABELS.get(setting.certainty, "")) if setting else ""

    def levels(self) -> dict[str, dict[str, str]]:
        """Code → stage → level, only what is otherwise than before."""
        found: dict[str, dict[str, str]] = {}
        for name in self.changed_data:
            stage, _mark, code = name.partition("__")
            found.setdefault(code, {})[stage] = self.cleaned_data[name]
        return found


def _order(code: str) -> tuple[int, ...]:
    return tuple(int(part) for part in code.split("-"))


class PublishForm(forms.Form):
    """Where and from when a version holds."""

    stages = forms.MultipleChoiceField(
        label=_("施行环节"), choices=Stage.choices, widget=forms.CheckboxSelectMultiple, initial=Stage.values
    )
    valid_from = forms.DateField(
        label=_("施行日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class ImportForm(forms.Form):
    """A scheme from a file."""

    archives = forms.ModelChoiceField(Org.objects.none(), label=_("档案馆"))
    file = forms.FileField(label=_("方案文件"), help_text=_("由本系统导出的 TOML 或 JSON 文件。"))

    def __init__(self, *args: Any, archives: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["archives"].queryset = archives  # type: ignore[attr-defined]
        if len(archives) == 1:
            self.fields["archives"].initial = archives[0]


class PreviewForm(forms.Form):
    """What to try a version on, and at which stage."""

    subject = forms.ChoiceField(label=_("试检对象"))
    stage = forms.ChoiceField(label=_("环节"), choices=Stage.choices, initial=Stage.TRANSFER)

    def __init__(
        self, data: Mapping[str, Any] | None, *, offered: Mapping[str, tuple[str, Sequence[Candidate]]]
    ) -> None:
        super().__init__(data)
        self.fields["subject"].choices = [  # type: ignore[attr-defined]
            (label, [(f"{kind} {one.id}", one.label) for one in candidates])
            for kind, (label, candidates) in offered.items()
            if candidates
        ]

    def chosen(self) -> tuple[str, str]:
        """Subject type and id."""
        kind, _space, subject_id = str(self.cleaned_data["subject"]).partition(" ")
        return kind, subject_id
