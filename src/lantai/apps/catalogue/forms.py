"""Describing a record by the fields of its kind, in the order and the words of DA/T 18."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lantai.apps.catalogue.editing import BulkAct
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.queries.wording import Conflict, values_of
from lantai.apps.catalogue.types import Level
from lantai.apps.holdings.queries import retention_said
from lantai.apps.kinds.queries import problems
from lantai.apps.kinds.types import FieldType, KindField, KindScheme, ValueUnreadable, parse, shown
from lantai.platform.ui.fields import form_field, group_of, label_of

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds

TYPED_AHEAD = frozenset({FieldType.PERSON, FieldType.PLACE, FieldType.VOCABULARY})
MINE, THEIRS = "mine", "theirs"


class KindForm(forms.Form):
    """The fields of a kind; what was written is read and judged by the kind."""

    def __init__(
        self, *args: Any, scheme: KindScheme, suggest_url: str = "", strict: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.scheme, self.is_strict = scheme, strict
        for field in self.asked():
            made = form_field(field)
            if field.is_required:
                made.widget.attrs["aria-required"] = "true"
            if suggest_url and (field.type in TYPED_AHEAD or field.column == "author"):
                made.widget.attrs |= {
                    "data-suggest": f"{suggest_url}?field={field.name}",
                    "autocomplete": "off",
                }
            self.fields[field.name] = made

    def asked(self) -> Sequence[KindField]:
        """The fields that the form asks for."""
        return self.scheme.asked

    @property
    def fieldsets(self) -> list[tuple[str, list[str]]]:
        """The fields under the headings of the standard, in the order of the form."""
        found: list[tuple[str, list[str]]] = []
        for field in self.asked():
            heading = group_of(field)
            if not found or found[-1][0] != heading:
                found.append((heading, []))
            found[-1][1].append(field.name)
        return found

    def clean(self) -> dict[str, Any]:
        """Every value as the row keeps it; what the kind finds wrong stands at its field."""
        said = super().clean() or {}
        wrong = {problem.field.name for problem in self._judge(said)}
        for field in self.asked():
            if field.name not in wrong and field.name in said:
                said[field.name] = _value(field, said[field.name])
        return said

    def _judge(self, said: Mapping[str, object]) -> Iterator[Any]:
        for problem in problems(self.scheme, said):
            if (
                problem.code in {"missing", "in_future"}
                and not self.is_strict
                and problem.field.name != "title"
            ):
                continue
            self.add_error(problem.field.name, _t(problem.message) % problem.params)
            yield problem

    def changes(self) -> dict[str, Any]:
        """The values by field name."""
        return {field.name: self.cleaned_data[field.name] for field in self.asked()}


class DescribeForm(KindForm):
    """What a cataloguer may correct; ``revision`` is the state of the row that was looked at."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: Description, scheme: KindScheme, **kwargs: Any) -> None:
        self.row = row
        self._values = values_of(row, scheme)
        written = kwargs.pop("written", None) or {}
        initial = {name: shown(scheme.by_name[name], value) for name, value in self._values.items()}
        kwargs["initial"] = initial | {"revision": row.revision} | dict(written)
        super().__init__(*args, scheme=scheme, strict=False, **kwargs)

    def asked(self) -> Sequence[KindField]:
        """What the kind asks for, and retired fields that have a value."""
        fields = self.scheme.fields
        return [field for field in fields if not field.is_retired or self._values.get(field.name)]

    def ask_about(self, conflicts: Sequence[Conflict]) -> None:
        """Ask of every field that somebody else changed as well whose wording is to hold."""
        self.conflicts = conflicts
        self.data = self.data.copy()
        self.data["revision"] = str(self.row.revision)

    def settled(self) -> dict[str, Any]:
        """The changes without the fields where the other's wording was chosen."""
        chosen = {
            name[5:] for name, value in self.data.items() if name.startswith("keep_") and value == THEIRS
        }
        return {name: value for name, value in self.changes().items() if name not in chosen}


def _value(field: KindField, text: object) -> object:
    if field.column in {"title", "author", "document_number", "note"}:
        return parse(field, text) or ""
    try:
        return parse(field, text)
    except ValueUnreadable:  # a masked number: it is the one that is there
        return text


class RevealForm(forms.Form):
    """Why somebody needs to see a person's number."""

    reason = forms.CharField(
        label=_("查看理由"),
        min_length=4,
        max_length=200,
        help_text=_("例如“核对 3 月 5 日查档申请人的身份”。理由记入日志，不要写号码本身。"),
    )


class StartForm(forms.Form):
    """Of which kind the next description is."""

    kind = forms.ChoiceField(label=_("档案种类"))

    def __init__(self, *args: Any, offered: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(str(pk), _t(name)) for pk, name in offered.items()]
        self.fields["kind"].choices = [("", _("请选择")), *kinds]  # type: ignore[attr-defined]


class NewForm(KindForm):
    """A description by hand: where it stands, then what its kind asks for, then what goes over into the next."""

    fonds = forms.ModelChoiceField(None, label=_("全宗"))
    level = forms.ChoiceField(label=_("著录层级"), choices=Level.choices, initial=Level.ITEM)
    parent_code = forms.CharField(
        label=_("上级档号"),
        required=False,
        max_length=120,
        help_text=_("所在案卷等上级的档号；直接属于全宗的不填。"),
    )
    reference_code = forms.CharField(label=_("档号"), max_length=120)
    year = forms.IntegerField(label=_("年度"), required=False, min_value=1, max_value=9999)
    retention = forms.ChoiceField(label=_("保管期限"), required=False)
    class_code = forms.CharField(label=_("机构或问题"), required=False, max_length=40)
    carry = forms.MultipleChoiceField(
        label=_("下一条沿用"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("保存并新建下一条时，勾选的项目照这一条填好；档号自动加一。"),
    )
    FRAME = ("fonds", "level", "parent_code", "reference_code", "year", "retention", "class_code")

    def __init__(self, *args: Any, fonds: QuerySet[Fonds], carried: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fonds"].queryset = fonds  # type: ignore[attr-defined]
        codes = [("", "—"), *((code, retention_said(code)) for code in ("Y", "D30", "D10"))]
        self.fields["retention"].choices = codes  # type: ignore[attr-defined]
        framed = [(name, self.fields[name].label) for name in self.FRAME]
        own = [(field.name, label_of(field)) for field in self.asked() if not field.is_sealed]
        self.fields["carry"].choices = [*framed, *own]  # type: ignore[attr-defined]
        self.fields["carry"].initial = list(carried) or [
            "fonds",
            "level",
            "reference_code",
            "year",
            "retention",
        ]
        if len(fonds) == 1:
            self.fields["fonds"].initial = fonds[0]

    @property
    def fieldsets(self) -> list[tuple[str, list[str]]]:
        """The frame, the fields of the kind, what is carried over."""
        return [(_t("位置"), list(self.FRAME)), *super().fieldsets, ("", ["carry"])]

    def frame(self) -> dict[str, Any]:
        """Where the description stands."""
        said = {name: self.cleaned_data[name] for name in self.FRAME if name != "fonds"}
        return {**said, "fonds_id": self.cleaned_data["fonds"].pk}


# Styles can then tell whether a field is empty (catalogue.css): one that the chosen way does not need and that holds
# nothing is not shown. What holds something is shown, and refused: nothing hidden is ever sent.
_EMPTY_SHOWS = {"placeholder": " "}


class BulkForm(forms.Form):
    """One change of one field for many rows."""

    name = forms.ChoiceField(label=_("项目"))
    act = forms.ChoiceField(label=_("怎样改"), choices=BulkAct.choices)
    find = forms.CharField(
        label=_("被替换的文字"),
        required=False,
        max_length=500,
        strip=False,
        help_text=_("只在“把其中的文字替换”时填写。"),
        widget=forms.TextInput(attrs=_EMPTY_SHOWS),
    )
    value = forms.CharField(
        label=_("新的值"),
        required=False,
        max_length=2000,
        strip=False,
        help_text=_("要加上的、换成的或改为的文字；清空时不填。"),
        widget=forms.Textarea(attrs={"rows": 2, **_EMPTY_SHOWS}),
    )
    reason = forms.CharField(label=_("理由"), required=False, max_length=200)

    def __init__(self, *args: Any, fields: Sequence[KindField], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].choices = [(one.name, label_of(one)) for one in fields]  # type: ignore[attr-defined]

    def edit(self) -> dict[str, str]:
        """The change as it was written."""
        return {name: str(self.cleaned_data[name]) for name in ("name", "act", "find", "value")}
