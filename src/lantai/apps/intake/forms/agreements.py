"""Agreements, announcements and the calendar as forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lantai.apps.holdings import queries as holdings
from lantai.apps.intake import queries
from lantai.apps.intake.models import Submission
from lantai.apps.intake.types import CountsFrom, Mode, Plan, Terms
from lantai.kit.fourprops.scheme import scheme_for, slugs
from lantai.kit.packages.registry import LAYOUTS
from lantai.platform.context import Ctx

_MB = 1_000_000
SCHEME_PREFIX = "scheme-"


def _date(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=help_text,
    )


class AgreementForm(forms.Form):
    """What both sides settle."""

    agency = forms.ModelChoiceField(label=_("移交单位"), queryset=Submission.objects.none(), empty_label=None)
    title = forms.CharField(label=_("协议名称"), max_length=200)
    kinds = forms.MultipleChoiceField(
        label=_("档案种类"), widget=forms.CheckboxSelectMultiple, help_text=_("没有列入的种类不能移交。")
    )
    layouts = forms.MultipleChoiceField(
        label=_("接受的信息包结构"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选即接受全部能识别的结构。"),
    )
    formats = forms.CharField(
        label=_("接受的文件格式"),
        required=False,
        max_length=400,
        help_text=_("扩展名，用空格或顿号分开，如 pdf ofd jpg；不填即不限。"),
    )
    most_mb = forms.IntegerField(label=_("每批最大数据量（MB）"), required=False, min_value=1)
    most_files = forms.IntegerField(label=_("每批最多文件数"), required=False, min_value=1)
    most_items = forms.IntegerField(label=_("每批最多件数"), required=False, min_value=1)
    needs_two_people = forms.BooleanField(
        label=_("交接双人"),
        required=False,
        initial=True,
        help_text=_("接收由一人决定、另一人复核后生效。"),
    )
    due_within_years = forms.IntegerField(
        label=_("移交期限（年）"),
        min_value=1,
        max_value=30,
        help_text=_("《电子档案移交与接收办法》：自形成之日起 5 年内移交；延长须经同意。"),
    )
    counts_from = forms.ChoiceField(label=_("期限起算"), choices=CountsFrom.choices)
    agency_signer = forms.CharField(label=_("移交单位审核人"), required=False, max_length=64)
    archives_signer = forms.CharField(label=_("接收单位审核人"), required=False, max_length=64)
    valid_from = _date(_("施行日期"))
    valid_until = _date(_("终止日期"), required=False)
    note = forms.CharField(
        label=_("其他约定"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, ctx: Ctx, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = list(holdings.kinds())
        known = [(slug, _(scheme_for(slug).title)) for slug in sorted(slugs())]
        self.fields["kinds"].choices = [(str(k.pk), str(k)) for k in self.kinds]  # type: ignore[attr-defined]
        self.fields["layouts"].choices = [(one.kind.value, _(one.title)) for one in LAYOUTS]  # type: ignore[attr-defined]
        for kind in self.kinds:
            self.fields[f"{SCHEME_PREFIX}{kind.pk}"] = forms.ChoiceField(
                label=_(kind.name), choices=known, required=False, initial=kind.test_scheme
            )
        if is_new:
            self.fields["agency"].queryset = queries.agencies_to_agree_with(ctx)  # type: ignore[attr-defined]
        else:
            del self.fields["agency"]
        self.fieldsets = self._fieldsets(is_new)

    def _fieldsets(self, is_new: bool) -> tuple[tuple[Any, tuple[str, ...]], ...]:
        head = ("agency", "title", "kinds") if is_new else ("title", "kinds")
        schemes = tuple(f"{SCHEME_PREFIX}{kind.pk}" for kind in self.kinds)
        return (
            (_("移交什么"), head),
            (_("检测方案"), schemes),
            (
                _("怎样移交"),
                ("layouts", "formats", "most_mb", "most_files", "most_items", "needs_two_people"),
            ),
            (_("何时移交"), ("due_within_years", "counts_from", "valid_from", "valid_until")),
            (_("谁来签署"), ("agency_signer", "archives_signer", "note")),
        )

    @property
    def terms(self) -> Terms:
        """The input as the service takes it."""
        said = self.cleaned_data
        chosen = {int(pk) for pk in said["kinds"]}
        return Terms(
            title=said["title"],
            kinds={
                kind.pk: said.get(f"{SCHEME_PREFIX}{kind.pk}") or kind.test_scheme
                for kind in self.kinds
                if kind.pk in chosen
            },
            layouts=tuple(said["layouts"]),
            formats=tuple(said["formats"].replace("、", " ").replace(",", " ").split()),
            most_bytes=said["most_mb"] * _MB if said["most_mb"] else None,
            **{name: said[name] for name in _PLAIN},
        )

    @staticmethod
    def initial_of(terms: Terms) -> dict[str, Any]:
        """The form's beginning for terms that stand."""
        return {
            **{name: getattr(terms, name) for name in _PLAIN},
            "title": terms.title,
            "kinds": [str(pk) for pk in terms.kinds],
            "layouts": list(terms.layouts),
            "formats": " ".join(terms.formats),
            "most_mb": terms.most_bytes // _MB if terms.most_bytes else None,
            **{f"{SCHEME_PREFIX}{pk}": scheme for pk, scheme in terms.kinds.items()},
        }


_PLAIN = (
    "most_files", "most_items", "needs_two_people", "due_within_years", "counts_from",
    "agency_signer", "archives_signer", "valid_from", "valid_until", "note",
)  # fmt: skip


class AnnouncementForm(forms.Form):
    """What is coming, how much, when and by which way."""

    agency = forms.ModelChoiceField(label=_("移交单位"), queryset=Submission.objects.none(), empty_label=None)
    due = forms.ModelChoiceField(
        label=_("应移交"),
        queryset=Submission.objects.none(),
        required=False,
        help_text=_("移交日历中的哪一项；整批接收后这一项即为完成。"),
    )
    title = forms.CharField(
        label=_("交接工作名称"), max_length=200, help_text=_("单位名称（或全宗号）、年度和批次。")
    )
    kind = forms.ModelChoiceField(label=_("档案种类"), queryset=Submission.objects.none(), empty_label=None)
    mode = forms.ChoiceField(label=_("移交方式"), choices=Mode.choices)
    item_count = forms.IntegerField(label=_("预计件数"), min_value=1)
    size_mb = forms.IntegerField(label=_("预计数据量（MB）"), required=False, min_value=0)
    carrier = forms.CharField(
        label=_("载体类型和数量"),
        required=False,
        max_length=200,
        help_text=_("离线移交时填写，如：硬盘 2 块。"),
    )
    planned_on = _date(_("计划移交日期"))
    note = forms.CharField(
        label=_("内容描述"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, ctx: Ctx, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = queries.agencies_of_sender(ctx)  # type: ignore[attr-defined]
        self.fields["due"].queryset = queries.dues_to_announce(ctx)  # type: ignore[attr-defined]
        self.fields["kind"].queryset = holdings.kinds()  # type: ignore[attr-defined]
        self.fields["kind"].label_from_instance = lambda kind: _(kind.name)  # type: ignore[attr-defined]

    @property
    def plan(self) -> Plan:
        """The input as the service takes it."""
        said = self.cleaned_data
        return Plan(
            title=said["title"],
            kind_id=said["kind"].pk,
            mode=said["mode"],
            item_count=said["item_count"],
            planned_on=said["planned_on"],
            byte_count=(said["size_mb"] or 0) * _MB,
            carrier=said["carrier"],
            note=said["note"],
            due_id=said["due"].pk if said["due"] else None,
        )


class DayForm(forms.Form):
    """Another day, and why."""

    day = _date(_("建议的移交日期"))
    reason = forms.CharField(label=_("理由"), max_length=500)


class ExtensionForm(forms.Form):
    """A later day, and who approved it."""

    to = _date(_("延期至"))
    basis = forms.CharField(label=_("延期依据"), max_length=300, help_text=_("同意延期的机关和文号。"))


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class YearForm(forms.Form):
    """A year to enter into the calendar."""

    year = forms.IntegerField(label=_("年度"), min_value=1949, max_value=2100)
