"""What people fill in, in the order of ISAAR(CPF)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lantai.apps.authorities.models import Authority
from lantai.apps.authorities.queries import AuthorityField
from lantai.apps.authorities.types import AuthorityKind, Maturity, NameKind, RelationKind, Said
from lantai.platform.context import Ctx
from lantai.platform.orgs.models import Org


def _long(label: Any, help_text: Any = "", rows: int = 3) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, required=False, max_length=20_000, widget=area, help_text=help_text, strip=True
    )


class ReviseForm(forms.Form):
    """The elements of a record."""

    name = forms.CharField(
        label=_("规范名称"), max_length=200, help_text=_("全称，一个对象一个；其他名称登记后另加。")
    )
    began = forms.CharField(
        label=_("起始日期"),
        required=False,
        max_length=24,
        help_text=_("成立、出生或开始的日期，例如 1949、1949-10、约1949。"),
    )
    ended = forms.CharField(
        label=_("终止日期"),
        required=False,
        max_length=24,
        help_text=_("撤销、去世或结束的日期，仍存在的不填。"),
    )
    code = forms.CharField(
        label=_("代码"),
        required=False,
        max_length=32,
        help_text=_("机构填统一社会信用代码（GB 32100），地名填行政区划代码（GB/T 2260）。"),
    )
    unit = forms.ModelChoiceField(
        Org.objects.none(), label=_("平台单位"), required=False, help_text=_("机构本身是平台上的单位时选择。")
    )
    history = _long(_("沿革或生平"), _("机构沿革、人物生平、家族历史、地名变迁或事件经过。"), 6)
    functions = _long(_("职能或职业"), _("职能、职业、活动范围。"))
    mandate = _long(_("设立依据"), _("成立、授权的文件和法规。"), 2)
    structure = _long(_("内部机构或谱系"))
    context = _long(_("背景"), _("所处的社会、历史背景。"))
    note = _long(_("附注"), rows=2)
    maturity = forms.ChoiceField(label=_("完成程度"), choices=Maturity.choices)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, units: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    @classmethod
    def of(cls, row: Authority, data: Any, units: QuerySet[Org]) -> ReviseForm:
        """The form over a record as it is."""
        names = [name for name in cls.base_fields if name != "kind"]
        return cls(data, units=units, initial={name: getattr(row, name) for name in names})

    def said(self, kind: str = "") -> Said:
        """As the service takes it."""
        values = dict(self.cleaned_data)
        unit = values.pop("unit")
        values.pop("revision", None)
        values.pop("org", None)
        return Said(**{"kind": kind, **values}, unit_id=unit.pk if unit else None)


class EnterForm(ReviseForm):
    """A new record."""

    org = forms.ModelChoiceField(Org.objects.none(), label=_("建立单位"))
    kind = forms.ChoiceField(label=_("种类"), choices=AuthorityKind.choices)
    field_order = ("org", "kind", "name")

    def __init__(self, *args: Any, orgs: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        if len(orgs) == 1:
            self.fields["org"].initial = orgs[0]


def _year(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=-3000, max_value=9999)


class NameForm(forms.Form):
    """One name with its years."""

    text = forms.CharField(label=_("名称"), max_length=200)
    kind = forms.ChoiceField(label=_("名称类型"), choices=NameKind.choices, initial=NameKind.FORMER)
    began_year = _year(_("起用年"))
    ended_year = _year(_("停用年"))
    code = forms.CharField(
        label=_("行政区划代码"),
        required=False,
        max_length=6,
        help_text=_("地名在这些年里的代码（GB/T 2260）。"),
    )
    note = forms.CharField(label=_("说明"), required=False, max_length=300)


class RelationForm(forms.Form):
    """How a record stands to another."""

    kind = forms.ChoiceField(label=_("关系"), choices=RelationKind.choices)
    began_year = _year(_("起始年"))
    ended_year = _year(_("终止年"))
    note = forms.CharField(label=_("说明"), required=False, max_length=300)

    def __init__(self, *args: Any, ctx: Ctx, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"] = AuthorityField(ctx=ctx, label=_("另一方"))
        self.order_fields(["kind", "other"])


class SourceForm(forms.Form):
    """Where something is from."""

    citation = forms.CharField(label=_("来源"), max_length=400, help_text=_("档号、书名和页码、网页等。"))
    found = _long(_("所得内容"))


class VocabularyForm(forms.Form):
    """A controlled list."""

    name = forms.CharField(label=_("词表名称"), max_length=80)
    note = _long(_("说明"), rows=2)
    is_open = forms.BooleanField(
        label=_("著录时可以添词"), required=False, help_text=_("不选时，著录只能用表中的词。")
    )


class NewVocabularyForm(VocabularyForm):
    """A new one."""

    org = forms.ModelChoiceField(Org.objects.none(), label=_("建立单位"))
    slug = forms.CharField(
        label=_("标识"),
        max_length=40,
        validators=[RegexValidator("^[a-z0-9-]+$", _("只用小写字母、数字和连字符。"))],
        help_text=_("档案种类的字段用它指明词表，建立后不改。"),
    )
    field_order = ("org", "slug", "name")

    def __init__(self, *args: Any, orgs: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["org"].queryset = orgs  # type: ignore[attr-defined]
        if len(orgs) == 1:
            self.fields["org"].initial = orgs[0]


class TermsForm(forms.Form):
    """Words, one a line."""

    lines = forms.CharField(
        label=_("词"),
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("一行一个词；有代码的写“代码|词”，可以从表格粘贴。"),
    )
