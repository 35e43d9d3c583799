"""What people fill in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from lantai.apps.filing import elements
from lantai.apps.filing.composition import PartFile
from lantai.apps.filing.models import Document
from lantai.apps.filing.types import Arrangement, AssignedPart, Correction, Defaults
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings.types import Classification
from lantai.kit import compositions
from lantai.kit.compositions import Composition, PartElement, ValueForm
from lantai.kit.metadata import Element, ValueKind
from lantai.kit.metadata.element import KIND_LABELS
from lantai.kit.text.figures import is_number

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds

KEEP = ("", _("保持不变"))
UNKNOWN = ("", _("暂不确定"))
OWN = "element_"  # before the identifiers of a kind's own elements, in names of fields
PERIODS = [("Y", _("永久")), ("D30", _("30年")), ("D10", _("10年"))]
YEAR_HELP = _("四位公元年：文件形成或办结的年度。")
CLASS_HELP = _("按分类方案选择机构或问题；停用的类目不列出。")


def _year() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("年度"), required=False, min_value=1000, max_value=2999, help_text=YEAR_HELP
    )


def _classes(fonds_id: int, *first: tuple[str, object]) -> list[tuple[str, object]]:
    rows = [row for row in holdings.class_rows(fonds_id) if row.is_active]
    return [*first, *((str(row.id), f"{row.indent}{row.code} {row.name}") for row in rows)]


class ChosenForm(forms.Form):
    """Carries the ids of the chosen documents from one page to the next."""

    chosen = forms.CharField(widget=forms.HiddenInput)

    def clean_chosen(self) -> list[int]:
        """The ids."""
        return ids_of(self.cleaned_data["chosen"])


def ids_of(text: str) -> list[int]:
    """Ids from a comma list; what is no number is left out."""
    return [int(part) for part in text.split(",") if is_number(part)]


class ArrangeForm(ChosenForm):
    """Class, year and retention for many documents; what is left blank stays as it is."""

    year = _year()
    class_id = forms.ChoiceField(label=_("机构或问题"), required=False, help_text=CLASS_HELP)
    retention = forms.ChoiceField(
        label=_("保管期限"),
        required=False,
        choices=[KEEP, *PERIODS],
        help_text=_("按本单位现行的保管期限表确定，表的内容列在下方。"),
    )

    def __init__(self, *args: Any, fonds_ids: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(fonds_ids) == 1:
            self.fields["class_id"].choices = _classes(fonds_ids[0], KEEP)  # type: ignore[attr-defined]
        else:
            del self.fields["class_id"]

    def arrangement(self) -> Arrangement:
        """The input as the service takes it."""
        said = self.cleaned_data
        class_id = said.get("class_id") or ""
        return Arrangement(said["year"], int(class_id) if class_id else None, said["retention"])


class DescribeForm(forms.Form):
    """The description of one document, in the order of DA/T 46."""

    title = forms.CharField(label=_("题名"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)
    author = forms.CharField(
        label=_("责任者"),
        required=False,
        max_length=300,
        help_text=_("对文件内容负责的机关或个人，用全称或通用简称。归档检测要求必填。"),
    )
    document_number = forms.CharField(label=_("文号"), required=False, max_length=120)
    dated_on = forms.DateField(
        label=_("日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    year = _year()
    class_id = forms.ChoiceField(label=_("机构或问题"), required=False, help_text=CLASS_HELP)
    retention = forms.ChoiceField(label=_("保管期限"), required=False)
    classification = forms.ChoiceField(label=_("密级"), choices=Classification.choices)
    persons = forms.CharField(
        label=_("人名"),
        required=False,
        help_text=_("文件涉及、需要按姓名查找的人；多人用顿号或分号隔开。"),
    )

    fieldsets = (
        (_("内容描述"), ("title", "author", "document_number", "dated_on", "persons")),
        (_("整理"), ("year", "class_id", "retention", "classification")),
    )

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        names = ("title", "author", "document_number", "dated_on", "year", "retention", "classification")
        initial = {name: getattr(document, name) for name in names}
        initial |= {"class_id": str(document.scheme_class_id or ""), "persons": "、".join(document.persons)}
        super().__init__(*args, initial=initial, **kwargs)
        known = {code for code, _label in PERIODS}
        own = [(document.retention, holdings.retention_said(document.retention))]
        periods = [
            UNKNOWN,
            *PERIODS,
            *(own if document.retention and document.retention not in known else []),
        ]
        self.fields["retention"].choices = periods  # type: ignore[attr-defined]
        self.fields["class_id"].choices = self._classes(document)  # type: ignore[attr-defined]
        self._speak_of(document)
        if document.batch_id:  # parts of the reference code
            for name in ("year", "class_id", "retention"):
                self.fields[name].disabled = True

    def _speak_of(self, document: Document) -> None:
        """Labels in the words of the kind of record, and its own elements."""
        scheme = document.kind.element_scheme
        for name, label in elements.labels(scheme).items():
            if name in self.fields:
                self.fields[name].label = label
        known = elements.values_by_identifier(scheme, document.metadata)
        own = {f"{OWN}{one.identifier}": _element_field(one) for one in elements.own_elements(scheme)}
        for name, field in own.items():
            field.initial = known.get(name.removeprefix(OWN), "")
        self.fields.update(own)
        if own:
            self.fieldsets = (*self.fieldsets, (_(document.kind.name), tuple(own)))

    @staticmethod
    def _classes(document: Document) -> list[tuple[str, object]]:
        found = _classes(document.fonds_id, UNKNOWN)
        own = document.scheme_class
        if own is not None and str(own.pk) not in {value for value, _label in found}:
            found.append((str(own.pk), f"{own.code} {own.name}"))
        return found

    def correction(self) -> Correction:
        """The input as the service takes it."""
        said = self.cleaned_data
        words = said["persons"].replace("；", "、").replace(";", "、").split("、")
        names = ("title", "author", "document_number", "dated_on", "year", "retention", "classification")
        return Correction(
            **{name: said[name] for name in names},
            class_id=int(said["class_id"]) if said["class_id"] else None,
            persons=tuple(word.strip() for word in words if word.strip()),
            elements={name.removeprefix(OWN): value for name, value in said.items() if name.startswith(OWN)},
        )


def _element_field(element: Element) -> forms.Field:
    """A field for one element of a scheme; nothing is demanded here, the test says what is missing."""
    if element.values and not element.is_repeatable:
        choices = [("", _("未著录")), *((value, value) for value in element.values)]
        return forms.ChoiceField(label=gettext_lazy(element.name), required=False, choices=choices)
    most = element.max_length if not element.is_repeatable else None
    words = KIND_LABELS[element.kind] if element.kind is not ValueKind.TEXT else ""
    return forms.CharField(
        label=gettext_lazy(element.name),
        required=False,
        max_length=most,
        help_text=gettext_lazy(words) if words else "",
    )


class PartsForm(forms.Form):
    """Which file of a document is which part, and what is noted of each; what a file itself says is shown."""

    def __init__(self, *args: Any, files: Sequence[PartFile], rule: Composition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._files = files
        self.fieldsets = tuple((one.file.name, tuple(self._add(one, rule))) for one in files)

    def _add(self, one: PartFile, rule: Composition) -> Iterator[str]:
        guess = gettext_lazy(one.part.name) if one.part and not one.is_said else ""
        known = [(part.slug, gettext_lazy(part.name)) for part in rule.parts]
        self.fields[f"part_{one.file.pk}"] = forms.ChoiceField(
            label=_("组成部分"),
            required=False,
            choices=[
                ("", _("按内容判断（%(part)s）") % {"part": guess} if guess else _("未确定")),
                *known,
            ],
            initial=one.file.part,
        )
        yield f"part_{one.file.pk}"
        for element in one.part.elements if one.part else ():
            name = f"value_{one.file.pk}_{element.identifier}"
            self.fields[name] = _part_field(element, one)
            yield name

    def assigned(self) -> list[AssignedPart]:
        """The input as the service takes it."""
        return [AssignedPart(one.file.pk, self.cleaned_data[f"part_{one.file.pk}"], self._noted(one))
                for one in self._files]  # fmt: skip

    def _noted(self, one: PartFile) -> dict[str, str]:
        asked = {element.identifier for element in one.part.elements} if one.part else set()
        kept = {key: value for key, value in one.file.elements.items() if key not in asked}
        said = {key: self.cleaned_data[f"value_{one.file.pk}_{key}"] for key in asked}
        return {**kept, **{key: value for key, value in said.items() if value}}


_WRITTEN: dict[ValueForm, object] = {
    ValueForm.MONEY: _("以元为单位，如 1300.50。"),
    ValueForm.DAY: _("如 2025-05-20。"),
    ValueForm.MOMENT: _("如 2025-05-20T09:30，只知道日期时写到日。"),
    ValueForm.DURATION: _("时:分:秒，如 00:12:30。"),
    ValueForm.SEGMENTS: _("每段写起止，如 00:00:00-00:01:20，各段用顿号隔开。"),
}


def _part_field(element: PartElement, one: PartFile) -> forms.CharField:
    """A field for something noted of a part; the test says what is missing or differs."""
    read = one.read.get(element.identifier, "")
    if read and element.form is ValueForm.DURATION:
        seconds = int(float(read)) // 1000
        read = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    help_text = _("文件中读到：%(read)s") % {"read": read} if read else _WRITTEN.get(element.form, "")
    return forms.CharField(
        label=gettext_lazy(element.name),
        required=False,
        max_length=2000,
        help_text=help_text,
        initial=one.file.elements.get(element.identifier, ""),
    )


class DefaultsForm(forms.Form):
    """What all documents of one upload share; sent with GET, so that the page can be kept and reloaded."""

    fonds = forms.ChoiceField(label=_("全宗"))
    kind = forms.ChoiceField(label=_("档案种类"))
    year = _year()
    class_code = forms.ChoiceField(label=_("机构或问题"), required=False)
    retention = forms.ChoiceField(label=_("保管期限"), required=False, choices=[UNKNOWN, *PERIODS])

    def __init__(
        self, data: QueryDict, *args: Any, fonds: Sequence[Fonds], today: date, **kwargs: Any
    ) -> None:
        self._fonds = {str(row.pk): row for row in fonds}
        super().__init__(_with_defaults(data, fonds, today), *args, **kwargs)
        self.fields["fonds"].choices = [(pk, str(row)) for pk, row in self._fonds.items()]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [(row.slug, str(row)) for row in holdings.kinds()]  # type: ignore[attr-defined]
        chosen = self._fonds.get(str(self.data.get("fonds", "")))
        self.fields["class_code"].choices = [UNKNOWN, *(_codes(chosen.pk) if chosen else ())]  # type: ignore[attr-defined]
        self.kind = holdings.kinds().filter(slug=str(self.data.get("kind", ""))).first()
        self._ask_of_kind()

    def _ask_of_kind(self) -> None:
        """What records of the chosen kind have of their own, where they are compositions."""
        rule = compositions.composition_of(self.kind.element_scheme) if self.kind else None
        if self.kind is None or rule is None:
            return
        shared = tuple(self.fields)
        own = {f"{OWN}{one.identifier}": _element_field(one)
               for one in elements.own_elements(self.kind.element_scheme)}  # fmt: skip
        self.fields.update(own)
        self.fieldsets = ((_("共有的著录"), shared), (_(self.kind.name), tuple(own)))

    @property
    def parts(self) -> tuple[compositions.PartKind, ...]:
        """What a record of the chosen kind consists of."""
        rule = compositions.composition_of(self.kind.element_scheme) if self.kind else None
        return rule.parts if rule else ()

    @property
    def has_fonds(self) -> bool:
        """Whether there is a fonds to take documents into at all."""
        return bool(self._fonds)

    def query(self) -> str:
        """The choices as the query of an address."""
        return urlencode({name: self.data[name] for name in self.fields if self.data.get(name)})

    def chosen_words(self) -> list[tuple[object, object]]:
        """The choices as label and value, for the page that takes the files."""
        words = []
        for name, field in self.fields.items():
            value = str(self.data.get(name, ""))
            if name.startswith(OWN) and not value:
                continue
            label = dict(getattr(field, "choices", ())).get(value, value)
            words.append((field.label, str(label).strip("\u3000")))
        return words

    def defaults(self) -> Defaults:
        """The input as the service takes it."""
        said = self.cleaned_data
        fonds = self._fonds[said["fonds"]]
        return Defaults(
            agency_id=fonds.creator_id or 0,
            fonds_id=fonds.pk,
            kind=said["kind"],
            class_code=said["class_code"],
            year=said["year"],
            retention=said["retention"],
            elements={
                name.removeprefix(OWN): value
                for name, value in said.items()
                if name.startswith(OWN) and value
            },
        )


def _with_defaults(data: QueryDict, fonds: Sequence[Fonds], today: date) -> dict[str, str]:
    first = str(fonds[0].pk) if fonds else ""
    return {"fonds": first, "kind": "document", "year": str(today.year)} | {
        name: value.replace("\x00", "") for name, value in data.items()
    }


def _codes(fonds_id: int) -> list[tuple[str, str]]:
    rows = [row for row in holdings.class_rows(fonds_id) if row.is_active]
    return [(row.code, f"{row.indent}{row.code} {row.name}") for row in rows]


class BatchForm(ChosenForm):
    """A new batch of documents whose codes were looked at."""

    title = forms.CharField(
        label=_("批次名称"),
        max_length=200,
        help_text=_("例如：2026 年度文书档案第一批。封存后即信息包的名称。"),
    )
