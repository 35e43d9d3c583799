"""What people fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lantai.apps.holdings import queries as holdings
from lantai.apps.intake import queries
from lantai.apps.intake.models import Submission, SubmissionItem
from lantai.platform.context import Ctx

ITEM_PREFIX = "item-"
MOST_ITEMS = 200


class OnlineForm(forms.Form):
    """Which sealed package goes to the archives."""

    package = forms.ModelChoiceField(
        label=_("信息包"),
        queryset=Submission.objects.none(),
        help_text=_(
            "本单位保管、已经封存、尚未移交的信息包。移交经接收后，保管单位变为档案馆，内容不再变化。"
        ),
    )
    note = forms.CharField(
        label=_("内容描述"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("移交内容、类别、数据类型、格式、移交方式和过程，写入移交与接收登记表。"),
    )

    def __init__(self, *args: Any, ctx: Ctx, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["package"].queryset = queries.packages_to_send(ctx)  # type: ignore[attr-defined]


class SenderForm(forms.Form):
    """Whose package is sent, of what kind, and what it replaces; asked by GET before the upload."""

    agency = forms.ModelChoiceField(label=_("移交单位"), queryset=Submission.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label=_("档案种类"), help_text=_("一个信息包只放同一种类的档案。"))
    replaces = forms.ModelChoiceField(
        label=_("替代的批次"),
        queryset=Submission.objects.none(),
        required=False,
        help_text=_("补正后重新移交时，选择先前退回或撤回的批次。"),
    )
    title = forms.CharField(
        label=_("交接工作名称"),
        required=False,
        max_length=200,
        help_text=_("单位名称（或全宗号）、年度和批次，写入移交与接收登记表；不填时用文件名。"),
    )
    note = forms.CharField(label=_("内容描述"), required=False, max_length=1_000)

    def __init__(self, *args: Any, ctx: Ctx, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agencies = queries.agencies_to_send_for(ctx)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]
        self.fields["kind"].choices = [(kind.slug, kind.name) for kind in holdings.kinds()]  # type: ignore[attr-defined]
        self.fields["replaces"].queryset = queries.replaceable(ctx, agencies)  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        """The input as the service takes it."""
        said = self.cleaned_data
        replaced = said["replaces"]
        return {
            "agency_id": said["agency"].pk,
            "kind": said["kind"],
            "replaces_id": replaced.pk if replaced else None,
            "title": said["title"],
            "note": said["note"],
        }


class ReturnForm(forms.Form):
    """Why a transfer goes back: as a whole, and item by item where there is more to say than the test did."""

    reason = forms.CharField(
        label=_("退回原因"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("移交单位会看到这段话。检测发现的问题已逐件列在不合格清单里，不必重复。"),
    )

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
        self.fieldsets = ((_("整批"), ("reason",)), (_("逐件说明（可不填）"), tuple(self._keys)))

    @property
    def item_reasons(self) -> dict[str, str]:
        """Item key → words, where something was said."""
        said = {key: self.cleaned_data.get(name, "").strip() for name, key in self._keys.items()}
        return {key: words for key, words in said.items() if words}
