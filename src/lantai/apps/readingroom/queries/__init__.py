"""Every read of this app."""

from __future__ import annotations

from lantai.apps.readingroom.queries.papers import (
    certificate_by_code,
    certificate_by_number,
    certificate_of,
    draft_of,
    get_certificate,
    keys_in_use,
    open_pdf,
    visible_certificates,
)
from lantai.apps.readingroom.queries.portal import archives_taking, find_open, hall_of, halls, limits
from lantai.apps.readingroom.queries.requests import (
    count_open,
    desk_rows,
    findings_of,
    get,
    get_finding,
    issuing_run,
    linkable,
    public_steps,
    visible,
    with_number,
)

__all__ = [
    "archives_taking",
    "certificate_by_code",
    "certificate_by_number",
    "certificate_of",
    "count_open",
    "desk_rows",
    "draft_of",
    "find_open",
    "findings_of",
    "get",
    "get_certificate",
    "get_finding",
    "hall_of",
    "halls",
    "issuing_run",
    "keys_in_use",
    "limits",
    "linkable",
    "open_pdf",
    "public_steps",
    "visible",
    "visible_certificates",
    "with_number",
]
