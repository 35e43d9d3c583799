"""Which reference code a document gets, by the rule of its fonds and kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from lantai.apps.filing.elements import values_by_identifier
from lantai.apps.filing.models import CodeCounter, Document
from lantai.apps.filing.types import NotArranged, Proposed
from lantai.apps.holdings import queries as holdings
from lantai.kit.errors import LantaiError
from lantai.kit.numbering import NumberingRule, Retention


def in_order(documents: Iterable[Document]) -> list[Document]:
    """By date, then document number, then arrival: the order within the lowest class (DA/T 22-2015)."""
    return sorted(documents, key=lambda d: (d.dated_on or date.max, d.document_number, d.pk))


class _Known(NamedTuple):
    """What the rules say of one fonds and kind."""

    rule: NumberingRule
    subclasses: tuple[str, ...]
    file_element: str


class Codes:
    """Prefixes of reference codes on one day; each rule is read once."""

    def __init__(self, on: date) -> None:
        self._on = on
        self._rules: dict[tuple[int, int], _Known] = {}

    def rule(self, document: Document) -> NumberingRule:
        """The rule for the document's fonds and kind; raises ``NoRuleInForce``."""
        return self._known(document).rule

    def prefix(self, document: Document) -> str:
        """Everything before the item number; raises ``NotArranged`` and what the rule refuses."""
        known = self._known(document)
        rule, subclasses = known.rule, known.subclasses
        missing = [word for name, word in self._missing(document) if name in rule.parts]
        holder = _number_in(values_by_identifier(document.kind.element_scheme, document.metadata)
                            .get(known.file_element, "")) if known.file_element else None  # fmt: skip
        if known.file_element and holder is None:
            missing.append(_("组号（数字）"))
        if missing:
            raise NotArranged(title=document.title, missing="、".join(missing))
        return rule.prefix(
            fonds=document.fonds.code,
            category=document.kind.category_code,
            year=document.year if "year" in rule.parts else None,
            retention=Retention.parse(document.retention) if "retention" in rule.parts else None,
            class_code=document.scheme_class.code
            if "class_code" in rule.parts and document.scheme_class
            else "",
            parts=subclasses if "parts" in rule.parts else (),
            file_number=holder,
        )

    def _known(self, document: Document) -> _Known:
        key = (document.fonds_id, document.kind_id)
        if key not in self._rules:
            asked = (document.fonds, document.kind, self._on)
            self._rules[key] = _Known(
                holdings.numbering_rule(*asked), holdings.subclasses(*asked), holdings.file_element(*asked)
            )
        return self._rules[key]

    @staticmethod
    def _missing(document: Document) -> list[tuple[str, str]]:
        needed = (
            ("year", document.year, _("年度")),
            ("retention", document.retention, _("保管期限")),
            ("class_code", document.scheme_class_id, _("机构或问题")),
        )
        return [(name, word) for name, value, word in needed if not value]


def preview(documents: Sequence[Document], on: date) -> list[Proposed]:
    """The codes that composing a batch of these documents now would give, without giving them.

    A document that cannot be numbered has the refusal in ``why_not``; composing would refuse the whole batch.
    """
    codes, last, proposed = Codes(on), dict[tuple[int, str], int](), list[Proposed]()
    for document in in_order(documents):
        try:
            proposed.append(Proposed(document.pk, document.title, _next(codes, document, last)))
        except LantaiError as refusal:
            proposed.append(Proposed(document.pk, document.title, "", refusal))
    return proposed


def _next(codes: Codes, document: Document, last: dict[tuple[int, str], int]) -> str:
    prefix = codes.prefix(document)
    place = document.fonds_id, prefix
    if place not in last:
        counter = CodeCounter.objects.filter(fonds_id=document.fonds_id, prefix=prefix).first()
        last[place] = counter.last if counter else 0
    (code,) = codes.rule(document).next_numbers(prefix, last[place], 1)
    last[place] += 1
    return code


def _number_in(text: object) -> int | None:
    value = str(text).strip()
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 6 and int(value) else None
