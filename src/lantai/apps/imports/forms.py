"""What people fill in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lantai.apps.holdings import queries as holdings
from lantai.apps.imports.types import RowLevel, Target

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds


class UploadForm(forms.Form):
    """A file for import."""

    fonds = forms.ModelChoiceField(None, label=_("全宗"), help_text=_("没有“全宗号”一列的行都归入这个全宗。"))
    kind = forms.ModelChoiceField(
        None, label=_("档案种类"), help_text=_("决定除通用项目以外还有哪些栏目，以及哪些必填。")
    )
    level = forms.ChoiceField(
        label=_("每行是"), choices=RowLevel.choices, help_text=_("文件里有“著录层级”一列时以该列为准。")
    )
    file = forms.FileField(
        label=_("文件"),
        help_text=_("xlsx、xls、ods、CSV（UTF-8 或 GB18030）、XML、EAD3，或移交载体上的文件目录、案卷目录。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.ods,.csv,.tsv,.txt,.xml"}),
    )
    checks_codes = forms.BooleanField(
        label=_("按 DA/T 13、DA/T 22 检查档号"),
        required=False,
        initial=True,
        help_text=_("早年编制的档号不合现行标准时取消勾选，仍检查有无重复。"),
    )
    takes_openness = forms.BooleanField(
        label=_("采用表中的开放标识"),
        required=False,
        help_text=_("只用于已经过开放审核的历史目录；标为“开放”的条目导入后人人可查。"),
    )

    def __init__(self, *args: Any, fonds: QuerySet[Fonds], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fonds"].queryset = fonds  # type: ignore[attr-defined]
        self.fields["kind"].queryset = holdings.kinds()  # type: ignore[attr-defined]
        self.fields["kind"].label_from_instance = lambda kind: str(_(kind.name))  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        values = dict(self.cleaned_data)
        file = values.pop("file")
        fonds, kind = values.pop("fonds"), values.pop("kind")
        return {**values, "fonds_id": fonds.pk, "kind_id": kind.pk, "name": file.name, "content": file.file}


class AttachmentForm(forms.Form):
    """A batch of files for records."""

    fonds = forms.ModelChoiceField(None, label=_("全宗"), help_text=_("只与这个全宗里由本馆保管的“件”挂接。"))
    title = forms.CharField(label=_("名称"), max_length=120, help_text=_("封存后信息包也用这个名称。"))
    pattern = forms.CharField(
        label=_("命名规则"),
        max_length=80,
        required=False,
        help_text=_(
            "留空时认三种通用写法：档号.pdf、档号/0001.jpg、档号-001.jpg。其他写法请用<档号>和<序号>表示，"
            "例如 <档号>_<序号>，不含扩展名。"
        ),
    )

    def __init__(self, *args: Any, fonds: QuerySet[Fonds], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fonds"].queryset = fonds  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        values = dict(self.cleaned_data)
        fonds = values.pop("fonds")
        return {**values, "fonds_id": fonds.pk}


class MappingForm(forms.Form):
    """What each column means; one field a heading."""

    def __init__(
        self,
        *args: Any,
        headings: Sequence[tuple[str, str, str]],
        targets: Sequence[Target],
        mapping: dict[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("不导入")), *((one.identifier, one.label) for one in targets)]
        self.headings = [heading for heading, _place, _samples in headings]
        for number, (heading, place, samples) in enumerate(headings):
            self.fields[f"column{number}"] = forms.ChoiceField(
                label=f"{place} {heading}",
                choices=choices,
                required=False,
                initial=mapping.get(heading, ""),
                help_text=samples,
            )

    def said(self) -> dict[str, str]:
        """Heading → identifier."""
        return {heading: self.cleaned_data[f"column{n}"] for n, heading in enumerate(self.headings)}
