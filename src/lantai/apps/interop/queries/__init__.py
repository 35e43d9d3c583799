"""Every read of this app."""

from __future__ import annotations

from lantai.apps.interop.queries.exchanging import (
    channels,
    counted,
    dispatches,
    foreign_ids_after,
    foreign_records,
    orgs_to_collect_for,
    orgs_to_report_for,
    reporters_for,
    rounds,
    search_documents,
    search_foreign,
    sources,
)

__all__ = [
    "channels",
    "counted",
    "dispatches",
    "foreign_ids_after",
    "foreign_records",
    "orgs_to_collect_for",
    "orgs_to_report_for",
    "reporters_for",
    "rounds",
    "search_documents",
    "search_foreign",
    "sources",
]
