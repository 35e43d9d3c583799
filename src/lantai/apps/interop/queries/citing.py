"""How a record is cited: GB/T 7714-2015, archives ([A/OL]), with its persistent address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lantai.apps.catalogue.queries import publishing
from lantai.apps.catalogue.queries.panels import Panel
from lantai.kit.metadata.exchange import Record
from lantai.platform.context import Ctx

_CODE = "档号"  # in the language of the records, as the standard's examples


@dataclass(frozen=True, slots=True)
class Citation:
    """The text to copy, and the parts of it that are links."""

    text: str
    address: str
    path: str


def citation_of(record: Record, path: str, on: date) -> Citation:
    """The citation of a record as read on that day."""
    author = f"{record.author}. " if record.author else ""
    dated = f"({record.date_text})" if record.date_text else ""
    kept = f"{record.archives_name}, {_CODE} {record.reference_code}"
    text = f"{author}{record.title}[A/OL]. {kept}. {dated}[{on.isoformat()}]. {record.identifier}."
    return Citation(text, record.identifier, path)


def panel(ctx: Ctx, row: publishing.Description) -> Panel:
    """Persistent address, citation and QR code, beside a description."""
    code = row.fonds.archives.code
    record = publishing.record_of(ctx, row, publishing.permanent_address(code, row.permanent))
    cited = citation_of(record, publishing.permanent_path(code, row.permanent), ctx.now.date())
    return Panel("interop/_citation.html", {"cited": cited})
