"""A form made from what a check declares: one field for each parameter, of its kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lantai.apps.schemes.types import WORD_LABELS
from lantai.kit.fourprops.parameters import Column, Names, Parameter, ParameterKind
from lantai.kit.metadata import ElementScheme

MOST_ROWS = 200
EMPTY_ROWS = 3
LEAST_CELLS = 4
Choices = Sequence[tuple[str, str]]


class RowsWidget(forms.Widget):
    """A table of inputs, with some empty lines below; a line left empty is dropped."""

    template_name = "schemes/rows.html"
    use_fieldset = True

    def __init__(self, heads: Sequence[tuple[str, Choices]]) -> None:
        super().__init__()
        self.heads = tuple(heads)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        rows = [list(row) for row in value or ()]
        rows += [[""] * len(self.heads) for _n in range(EMPTY_ROWS)]
        context["heads"] = [head for head, _choices in self.heads]
        context["count"] = len(rows)
        context["rows"] = [self._cells(name, number, row) for number, row in enumerate(rows)]
        return context

    def _cells(self, name: str, number: int, row: Sequence[str]) -> list[dict[str, Any]]:
        padded = [*row, *[""] * (len(self.heads) - len(row))]
        return [
            {
                "name": f"{name}-{number}-{place}",
                "value": value,
                "head": head,
                "choices": _with(choices, value),
            }
            for place, ((head, choices), value) in enumerate(zip(self.heads, padded, strict=False))
        ]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[list[str]]:
        said = str(data.get(f"{name}-count", ""))
        count = min(int(said), MOST_ROWS) if said.isascii() and said.isdecimal() and len(said) < 9 else 0
        rows = [
            [str(data.get(f"{name}-{number}-{place}", "")).strip() for place in range(len(self.heads))]
            for number in range(count)
        ]
        return [row for row in rows if any(row)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-count" not in data

    def id_for_label(self, id_: str) -> str:
        return ""


def _with(choices: Choices, value: str) -> Choices:
    """The choices, and the present value among them even where it is none: nothing is lost unseen."""
    if choices and value and value not in {word for word, _label in choices}:
        return [*choices, (value, value)]
    return choices


class RowsField(forms.Field):
    """A table of words; without fixed columns a line is as long as it is filled."""

    def __init__(self, parameter: Parameter, elements: ElementScheme, value: object, **kwargs: Any) -> None:
        self.is_free = not parameter.columns
        longest = max((len(row) for row in value), default=0) if isinstance(value, list) else 0
        free = Column(gettext_lazy("内容"), parameter.names)
        columns = parameter.columns or (free,) * max(LEAST_CELLS, longest + 1)
        heads = [(_(str(one.title)), _choices(one.names, elements)) for one in columns]
        super().__init__(widget=RowsWidget(heads), required=False, **kwargs)

    def clean(self, value: Any) -> list[list[str]]:
        rows: list[list[str]] = super().clean(value) or []
        return [[cell for cell in row if cell] for row in rows] if self.is_free else rows


class LinesField(forms.CharField):
    """A list of words, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text: str = super().clean(value)
        return [line.strip() for line in text.splitlines() if line.strip()]


def field_of(parameter: Parameter, elements: ElementScheme, value: object) -> forms.Field:
    """The field in which ``parameter`` is set; its label is the meaning that the check declares."""
    said: dict[str, Any] = {"label": _(parameter.meaning), "initial": value}
    match parameter.kind:
        case ParameterKind.COUNT:
            return forms.IntegerField(min_value=parameter.least or 0, max_value=parameter.most, **said)
        case ParameterKind.FLAG:
            return forms.BooleanField(required=False, **said)
        case ParameterKind.WORD:
            return _word_field(parameter, elements, said)
        case ParameterKind.WORDS:
            return _words_field(parameter, elements, said)
        case ParameterKind.ROWS:
            return RowsField(parameter, elements, value, **said)


def _word_field(parameter: Parameter, elements: ElementScheme, said: dict[str, Any]) -> forms.Field:
    if parameter.choices:
        return forms.ChoiceField(choices=_labelled(parameter.choices), **said)
    offered = _choices(parameter.names, elements)
    if offered:
        return forms.ChoiceField(choices=offered, required=False, **said)
    return forms.CharField(required=False, max_length=300, **said)


def _words_field(parameter: Parameter, elements: ElementScheme, said: dict[str, Any]) -> forms.Field:
    if parameter.choices:
        words = _labelled(parameter.choices)
        return forms.MultipleChoiceField(
            choices=words, widget=forms.CheckboxSelectMultiple, required=False, **said
        )
    helped = (
        _("每行一个元数据项，写标识或中文名称。") if parameter.names is Names.ELEMENT else _("每行一个。")
    )
    if parameter.names is Names.FORMAT:
        helped = _("每行一个格式标识（PUID）或媒体类型。")
    return LinesField(help_text=helped, **said)


def _labelled(words: Sequence[str]) -> Choices:
    return [(word, str(WORD_LABELS.get(word, word))) for word in words]


def _choices(names: Names, elements: ElementScheme) -> Choices:
    """What a cell may name; an empty list for what is written freely."""
    if names is not Names.ELEMENT:
        return []
    return [("", "—"), *((one.identifier, f"{one.name}（{one.identifier}）") for one in elements)]


def plain(value: object) -> object:
    """What a cleaned value is in a scheme: strings, numbers, flags and lists of them."""
    return str(value) if isinstance(value, Promise) else value


class ParametersForm(forms.Form):
    """The parameters of one check."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        parameters: Sequence[Parameter],
        elements: ElementScheme,
        values: Mapping[str, object],
    ) -> None:
        super().__init__(data)
        self.parameters = tuple(parameters)
        for one in self.parameters:
            self.fields[f"p_{one.name}"] = field_of(one, elements, values[one.name])

    def values(self) -> dict[str, object]:
        """Parameter name → value as a scheme holds it."""
        return {one.name: plain(self.cleaned_data[f"p_{one.name}"]) for one in self.parameters}

    def field_named(self, parameter: object) -> str:
        """The field of a parameter that was refused, or nothing."""
        name = f"p_{parameter}"
        return name if name in self.fields else ""
