"""Forms of the designer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lantai.apps.kinds.types import FIELD_TYPE_LABELS, FieldType, KindField, KindScheme
from lantai.platform.orgs.models import Org
from lantai.platform.ui.fields import form_field

_TYPES = [(one.value, label) for one, label in FIELD_TYPE_LABELS.items()]


class FieldForm(forms.Form):
    """What one field is."""

    name = forms.CharField(
        label=_("字段代码"),
        max_length=40,
        validators=[
            RegexValidator(r"^[A-Za-z][A-Za-z0-9_]*$", _("字段代码以字母开头，只用字母、数字和下划线。"))
        ],
        help_text=_("保存和交换数据用，发布后不再改，如 husbandName。"),
    )
    label = forms.CharField(label=_("字段名称"), max_length=40)
    label_en = forms.CharField(label=_("英文名称"), max_length=80, required=False)
    type = forms.ChoiceField(label=_("类型"), choices=_TYPES)
    choices = forms.CharField(
        label=_("可选的值"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("每行一个。类型是“从列表选一项”时必须填写。"),
    )
    is_required = forms.BooleanField(label=_("必须填写"), required=False)
    is_personal = forms.BooleanField(
        label=_("属于个人信息"),
        required=False,
        help_text=_("只对保管单位内可查看档案的人员显示和检索，开放后也不公开。"),
    )
    weight = forms.IntegerField(
        label=_("检索权重"),
        min_value=0,
        max_value=9,
        initial=1,
        help_text=_("0 表示不参与检索，越大越靠前。"),
    )
    in_list = forms.BooleanField(label=_("在表格编辑中显示"), required=False)
    print_width = forms.IntegerField(
        label=_("打印宽度"),
        min_value=0,
        max_value=100,
        initial=0,
        help_text=_("占行宽的份数，0 表示不打印。"),
    )
    group = forms.CharField(label=_("所在组"), max_length=40, required=False)
    help = forms.CharField(
        label=_("填写说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    source = forms.CharField(label=_("依据"), max_length=200, required=False)

    def __init__(self, *args: Any, field: KindField | None = None, **kwargs: Any) -> None:
        if field is not None:
            kwargs["initial"] = {
                name: getattr(field, name) for name in self.base_fields if name not in {"choices", "type"}
            } | {"choices": "\n".join(field.choices), "type": field.type.value}
        super().__init__(*args, **kwargs)
        if field is not None:
            self.fields["name"].disabled = True

    def clean_choices(self) -> tuple[str, ...]:
        """The values one by one, each once."""
        lines = (line.strip() for line in str(self.cleaned_data["choices"]).splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))

    def clean(self) -> dict[str, Any]:
        """A list has values."""
        said = super().clean() or {}
        if said.get("type") == FieldType.CHOICE and not said.get("choices") and "choices" not in self.errors:
            self.add_error("choices", _("请写出可选的值，每行一个。"))
        return said

    def field(self) -> KindField:
        """The field as it was written."""
        return KindField(**{**self.cleaned_data, "type": FieldType(self.cleaned_data["type"])})


class NoteForm(forms.Form):
    """Why a version is made."""

    note = forms.CharField(
        label=_("修改说明"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("为什么要改，依据是什么。发布人和以后的人会看到。"),
    )


class DesignForm(forms.Form):
    """A kind of an archives' own."""

    archives = forms.ModelChoiceField(Org.objects.none(), label=_("档案馆"))
    name = forms.CharField(label=_("种类名称"), max_length=40)
    slug = forms.CharField(
        label=_("代码"),
        max_length=32,
        min_length=2,
        validators=[
            RegexValidator(r"^[a-z][a-z0-9-]*$", _("代码以小写字母开头，只用小写字母、数字和连字符。"))
        ],
        help_text=_("地址和交换数据用，建立后不再改；小写字母、数字和连字符，如 ration-ticket。"),
    )
    category_code = forms.CharField(
        label=_("门类代码"), max_length=8, initial="ZY", help_text=_("档号里的门类，如文书 WS、专业 ZY。")
    )
    like = forms.ChoiceField(label=_("以哪一种为底本"), help_text=_("字段从它复制；封装和检测也按它的规则。"))
    is_personal = forms.BooleanField(label=_("涉及个人信息"), required=False)

    def __init__(self, *args: Any, archives: QuerySet[Org], kinds: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["archives"].queryset = archives  # type: ignore[attr-defined]
        self.fields["like"].choices = [("", _("请选择")), *kinds.items()]  # type: ignore[attr-defined]
        if len(archives) == 1:
            self.fields["archives"].initial = archives[0]


class ImportForm(forms.Form):
    """A kind from a file."""

    archives = forms.ModelChoiceField(Org.objects.none(), label=_("档案馆"))
    file = forms.FileField(label=_("种类文件"), help_text=_("由本系统导出的 TOML 文件。"))

    def __init__(self, *args: Any, archives: QuerySet[Org], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["archives"].queryset = archives  # type: ignore[attr-defined]
        if len(archives) == 1:
            self.fields["archives"].initial = archives[0]


class TryForm(forms.Form):
    """The form of a version as a cataloguer will see it; nothing is kept."""

    def __init__(self, *args: Any, scheme: KindScheme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scheme = scheme
        for field in scheme.asked:
            self.fields[field.name] = form_field(field)
