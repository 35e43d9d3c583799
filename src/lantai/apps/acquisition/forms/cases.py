"""Forms of acquisition cases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lantai.apps.acquisition.models import AcquiredObject
from lantai.apps.acquisition.services import Lead
from lantai.apps.acquisition.services.cases import OF_SOURCE
from lantai.apps.acquisition.types import (
    Copyright,
    Means,
    ObjectForm,
    ObjectState,
    Ownership,
    SourceKind,
    Use,
)
from lantai.kit.errors import N_
from lantai.platform.orgs.models import Org

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds, RecordKind

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
WORDS = forms.Textarea(attrs={"rows": 3})
_YES_NO = {"yes": True, "no": False}


class LeadForm(forms.Form):
    """What is known of an offer."""

    title = forms.CharField(label=_("征集内容"), max_length=200)
    means = forms.ChoiceField(
        label=_("征集方式"),
        choices=Means.choices,
        help_text=_("捐赠出具捐赠证书，寄存出具寄存凭证；购买须写明价款，寄存须写明到期日和归还条件。"),
    )
    topic = forms.CharField(
        label=_("专题"), max_length=100, required=False, help_text=_("例如名人档案、红色档案、老字号、方言。")
    )
    source_kind = forms.ChoiceField(label=_("来源方类别"), choices=SourceKind.choices)
    source_name = forms.CharField(label=_("来源方"), max_length=120)
    source_contact = forms.CharField(
        label=_("联系方式"), max_length=200, required=False, help_text=_("只显示给有权查看个人信息的人。")
    )
    lead_from = forms.CharField(label=_("线索来源"), max_length=200, required=False)
    description = forms.CharField(label=_("情况说明"), max_length=4000, required=False, widget=WORDS)
    fieldsets = (
        (_("征集内容"), ("org", "title", "means", "topic", "lead_from", "description")),
        (_("来源方"), ("source_kind", "source_name", "source_contact")),
    )

    def __init__(self, *args: Any, may_name: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in () if may_name else OF_SOURCE:
            del self.fields[name]

    def lead(self) -> Lead:
        """As the service takes it."""
        return Lead(**{name: self.cleaned_data.get(name, "") for name in Lead.__slots__})


class OpenForm(LeadForm):
    """A new lead."""

    org = forms.ModelChoiceField(Org.objects.none(), label=_("档案馆"))

    def __init__(self, *args: Any, orgs: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        if len(orgs) == 1:
            self.fields["org"].initial = orgs[0]


class ObjectLineForm(forms.Form):
    """A line of the list."""

    title = forms.CharField(label=_("名称"), max_length=300)
    form = forms.ChoiceField(label=_("类别"), choices=ObjectForm.choices)
    quantity = forms.IntegerField(label=_("数量"), min_value=1, initial=1)
    unit = forms.CharField(label=_("单位"), max_length=8, initial=N_("件"))
    dated = forms.CharField(label=_("年代"), max_length=60, required=False)
    author = forms.CharField(label=_("责任者"), max_length=120, required=False)
    description = forms.CharField(label=_("说明"), max_length=2000, required=False, widget=WORDS)


class ValuationForm(forms.Form):
    """One valuer's opinion."""

    valuer = forms.CharField(label=_("鉴定人"), max_length=64)
    standing = forms.CharField(
        label=_("单位和职称"), max_length=120, help_text=_("鉴定由两人以上分别作出，各登记一份意见。")
    )
    valued_on = forms.DateField(label=_("鉴定日期"), widget=DAY, initial=timezone.localdate)
    is_authentic = forms.TypedChoiceField(
        label=_("真伪"),
        choices=[("yes", _("真品")), ("no", _("存疑或仿品")), ("", _("未作判断"))],
        required=False,
        coerce=_YES_NO.get,
        empty_value=None,
    )
    recommends = forms.TypedChoiceField(
        label=_("结论"), choices=[("yes", _("建议征集")), ("no", _("不建议征集"))], coerce=_YES_NO.get
    )
    figure_yuan = forms.DecimalField(
        label=_("估价（元）"), max_digits=12, decimal_places=2, min_value=0, required=False
    )
    opinion = forms.CharField(label=_("鉴定意见"), max_length=4000, widget=WORDS)


class AgreementForm(forms.Form):
    """The agreement."""

    number = forms.CharField(
        label=_("协议编号"), max_length=64, help_text=_("本馆协议登记簿上的编号，印在协议和交接清单上。")
    )
    signed_on = forms.DateField(label=_("签订日期"), widget=DAY)
    source_signer = forms.CharField(label=_("来源方签字人"), max_length=64)
    archives_signer = forms.CharField(label=_("档案馆签字人"), max_length=64)
    ownership = forms.ChoiceField(
        label=_("所有权"),
        choices=Ownership.choices,
        help_text=_("捐赠和购买一般归国家所有，寄存仍归来源方。"),
    )
    copyright = forms.ChoiceField(
        label=_("著作权"), choices=Copyright.choices, help_text=_("取得原件不等于取得著作权，须另行约定。")
    )
    use = forms.ChoiceField(
        label=_("利用"),
        choices=Use.choices,
        help_text=_("选“须经来源方同意”或“限制期内不提供利用”的，入藏后按控制使用著录。"),
    )
    restricted_until = forms.DateField(
        label=_("限制利用至"), widget=DAY, required=False, help_text=_("选“限制期内不提供利用”时必填。")
    )
    price_yuan = forms.DecimalField(
        label=_("价款（元）"), max_digits=12, decimal_places=2, min_value=0, required=False
    )
    deposit_until = forms.DateField(label=_("寄存到期日"), widget=DAY, required=False)
    return_terms = forms.CharField(label=_("归还条件"), max_length=2000, required=False, widget=WORDS)
    terms = forms.CharField(label=_("其他约定"), max_length=4000, required=False, widget=WORDS)
    fieldsets = (
        (_("协议"), ("number", "signed_on", "source_signer", "archives_signer")),
        (_("权利和利用"), ("ownership", "copyright", "use", "restricted_until")),
        (_("价款、归还和其他约定"), ("price_yuan", "deposit_until", "return_terms", "terms")),
    )

    def __init__(self, *args: Any, means: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_deposit, is_purchase = means == Means.DEPOSIT, means == Means.PURCHASE
        asked = {"price_yuan": is_purchase, "deposit_until": is_deposit, "return_terms": is_deposit}
        for name, is_asked in asked.items():
            self.fields[name].required = is_asked
            if not is_asked:
                del self.fields[name]


class CountForm(forms.Form):
    """Each object of the list as it is found at the hand-over."""

    def __init__(self, *args: Any, lines: Iterable[AcquiredObject], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        sets = []
        for line in self.lines:
            names = (f"state_{line.pk}", f"condition_{line.pk}", f"place_{line.pk}")
            choices = [
                (value, label) for value, label in ObjectState.choices if value != ObjectState.RETURNED
            ]
            self.fields[names[0]] = forms.ChoiceField(
                label=_("清点结果"), choices=choices, initial=line.state
            )
            self.fields[names[1]] = forms.CharField(
                label=_("完残情况"), max_length=200, required=False, initial=line.condition
            )
            self.fields[names[2]] = forms.CharField(
                label=_("存放位置"), max_length=120, required=False, initial=line.place
            )
            sets.append((f"{line.number} {line.title}", names))
        self.fieldsets = tuple(sets)

    def found(self) -> dict[int, tuple[str, str, str]]:
        """Id → state, condition, place."""
        said = self.cleaned_data
        return {
            line.pk: (said[f"state_{line.pk}"], said[f"condition_{line.pk}"], said[f"place_{line.pk}"])
            for line in self.lines
        }


class ReceiveForm(forms.Form):
    """Who hands over."""

    handed_by = forms.CharField(
        label=_("交出人"), max_length=64, help_text=_("当面交出材料的人，印在交接清单上。复核由另一人办理。")
    )


class ExtendForm(forms.Form):
    """A later end of a deposit."""

    until = forms.DateField(
        label=_("新的到期日"), widget=DAY, help_text=_("须晚于原到期日；到期前六十天会再次提醒。")
    )


class ShelvingForm(forms.Form):
    """Where sealed items are described."""

    fonds = forms.ModelChoiceField(None, label=_("全宗"))
    kind = forms.ModelChoiceField(None, label=_("档案种类"))
    first_code = forms.CharField(
        label=_("首件档号"), max_length=120, help_text=_("其后各件的件号依次加一，例如 A001-WS·2026-Y-0001。")
    )

    def __init__(
        self, *args: Any, fonds: QuerySet[Fonds], kinds: QuerySet[RecordKind], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fonds"].queryset = fonds  # type: ignore[attr-defined]
        self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]
