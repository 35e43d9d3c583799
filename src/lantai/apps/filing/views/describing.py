"""A document in the words of its element scheme."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lantai.apps.filing.facts import elements_of
from lantai.apps.filing.models import Document
from lantai.kit import metadata
from lantai.kit.compositions import ELEMENT as PARTS
from lantai.kit.errors import Missing
from lantai.platform.ui.types import Fact


def facts_of(document: Document) -> list[Fact]:
    """What is known of a document: our own marks first, then its elements in the order of the scheme."""
    own = [
        Fact(_("档案种类"), _(document.kind.name)),
        Fact(_("来源"), document.get_source_display()),
        Fact(_("收录时间"), document.captured_at, "moment"),
    ]
    if document.batch is not None:
        own.append(Fact(_("归档批次"), document.batch.code, "code", document.batch.get_absolute_url()))
    return [*own, *_elements(document)]


def _elements(document: Document) -> list[Fact]:
    values = elements_of(document)
    values.pop(PARTS, None)  # shown as a table
    try:
        scheme = metadata.load(document.kind.element_scheme)
    except Missing:
        return [Fact(key, value) for key, value in values.items()]
    known = {found.identifier: value for key, value in values.items() if (found := scheme.find(key))}
    facts = [
        Fact(_(element.name), known[element.identifier])
        for element in scheme.elements
        if known.get(element.identifier)
    ]
    return facts + [Fact(key, value) for key, value in values.items() if scheme.find(key) is None]


def brief_facts_of(document: Document) -> list[Fact]:
    """What the right pane shows."""
    facts = [
        Fact(_("责任者"), document.author),
        Fact(_("文号"), document.document_number),
        Fact(_("日期"), document.dated_on, "date"),
        Fact(_("年度"), document.year),
        Fact(_("机构或问题"), document.scheme_class.name if document.scheme_class else ""),
        Fact(_("页数"), document.page_count, "number"),
        Fact(_("收录时间"), document.captured_at, "moment"),
    ]
    return [fact for fact in facts if fact.value not in (None, "")]
