"""What people fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lantai.apps.holdings import queries as holdings
from lantai.apps.intake import queries
from lantai.apps.intake.models import Submission
from lantai.apps.intake.permissions import P
from lantai.platform.context import Ctx


class OnlineForm(forms.Form):
    """Which sealed package goes to the archives."""

    package = forms.ModelChoiceField(
        label=_("信息包"),
        queryset=Submission.objects.none(),
        help_text=_(
            "本单位保管、已经封存、尚未移交的信息包。移交经接收后，保管单位变为档案馆，内容不再变化。"
        ),
    )
    announcement = forms.ModelChoiceField(
        label=_("移交预告"),
        queryset=Submission.objects.none(),
        required=False,
        help_text=_("这一批先前预告过的，请选择预告；选定后预告即为已移交。"),
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
        waiting = queries.announcements_to_answer_by_sending(ctx)
        self.fields["announcement"].queryset = waiting  # type: ignore[attr-defined]


class SenderForm(forms.Form):
    """Whose package is sent, of what kind, and what it replaces; asked by GET before the upload."""

    agency = forms.ModelChoiceField(label=_("移交单位"), queryset=Submission.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label=_("档案种类"), help_text=_("一个信息包只放同一种类的档案。"))
    replaces = forms.ModelChoiceField(
        label=_("替代的批次"),
        queryset=Submission.objects.none(),
        required=False,
        help_text=_(
            "补正后重新移交时，选择先前退回、撤回或部分接收的批次；部分接收的，只移交退回清单所列的件。"
        ),
    )
    announcement = forms.ModelChoiceField(
        label=_("移交预告"),
        queryset=Submission.objects.none(),
        required=False,
        help_text=_("这一批先前预告过的，请选择预告；选定后预告即为已移交。"),
    )
    carrier = forms.ModelChoiceField(
        label=_("载体"),
        queryset=Submission.objects.none(),
        required=False,
        help_text=_("从离线载体读出的，选择载体登记里的那一个；载体各项检测按它最近一次检查的结果判定。"),
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
        self.fields["kind"].choices = [(kind.slug, _(kind.name)) for kind in holdings.kinds()]  # type: ignore[attr-defined]
        self.fields["replaces"].queryset = queries.replaceable(ctx, agencies)  # type: ignore[attr-defined]
        waiting = queries.announcements_to_answer_by_sending(ctx)
        self.fields["announcement"].queryset = waiting  # type: ignore[attr-defined]
        own = queries.carriers_to_read(ctx)
        self.fields["carrier"].queryset = own  # type: ignore[attr-defined]
        if not ctx.actor.holds(P.SUBMISSION_TEST):
            del self.fields["carrier"]

    @property
    def values(self) -> dict[str, Any]:
        """The input as the service takes it."""
        said = self.cleaned_data
        replaced, announced, carrier = said["replaces"], said["announcement"], said.get("carrier")
        return {
            "agency_id": said["agency"].pk,
            "kind": said["kind"],
            "replaces_id": replaced.pk if replaced else None,
            "announcement_id": announced.pk if announced else None,
            "carrier_id": carrier.pk if carrier else None,
            "title": said["title"],
            "note": said["note"],
        }
