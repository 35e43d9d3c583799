"""What an archives says when it decides, and what a side found when it confirms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lantai.apps.intake import queries
from lantai.apps.intake.models import SubmissionItem

ITEM_PREFIX = "item-"
MOST_ITEMS = 200


class _ItemReasons(forms.Form):
    """A field for each of the items, to say more than the test did."""

    def __init__(self, *args: Any, items: list[SubmissionItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in items:
            self.fields[f"{ITEM_PREFIX}{item.pk}"] = forms.CharField(
                label=f"{item.reference_code} {item.title}"[:120],
                required=False,
                max_length=500,
                help_text="；".join(queries.reasons(item))[:500],
            )
        self._keys = {f"{ITEM_PREFIX}{item.pk}": item.item_key for item in items}

    @property
    def item_reasons(self) -> dict[str, str]:
        """Item key → words, where something was said."""
        said = {key: self.cleaned_data.get(name, "").strip() for name, key in self._keys.items()}
        return {key: words for key, words in said.items() if words}


class ReturnForm(_ItemReasons):
    """Why a transfer goes back: as a whole, and item by item where there is more to say than the test did."""

    reason = forms.CharField(
        label=_("退回原因"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("移交单位会看到这段话。检测发现的问题已逐件列在不合格清单里，不必重复。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fieldsets = ((_("整批"), ("reason",)), (_("逐件说明（可不填）"), tuple(self._keys)))


class PartForm(_ItemReasons):
    """Which further items go back, and why what failed for the package as a whole is set aside."""

    said = forms.CharField(
        label=_("部分接收的理由"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("信息包还有整包的不合格项时必须写明；写入办理过程和登记表。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fieldsets = (
            (_("整批"), ("said",)),
            (_("逐件退回：检测不合格的件一律退回；在此写明理由的件也退回"), tuple(self._keys)),
        )


class RegisterForm(forms.Form):
    """检验内容 as one side found it; what its test has shown is filled in."""

    def __init__(
        self, *args: Any, things: Mapping[str, str], found: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, label in things.items():
            self.fields[name] = forms.CharField(
                label=label, max_length=200, initial=found.get(name) or _("合格")
            )
