"""The four-property test of electronic records (四性检测, DA/T 70—2018).

`run` holds a subject, given as plain facts, against a scheme and returns a report. A check passes
only when something was looked at and found right: what nobody looked at is NOT_RUN, what needs an
eye is MANUAL.
"""

from __future__ import annotations

from lantai.kit.fourprops.engine import run
from lantai.kit.fourprops.facts import (
    AntivirusFacts,
    CarrierFacts,
    EnvironmentFacts,
    EventFacts,
    FileFacts,
    FileState,
    ItemFacts,
    PackageFacts,
    PackageProblem,
    SignatureFacts,
    SignatureState,
    Subject,
)
from lantai.kit.fourprops.findings import Finding, Place
from lantai.kit.fourprops.registry import SchemeMalformed, check, check_of_package, check_of_series
from lantai.kit.fourprops.report import FailedItem, Report, ReportRow, Result, report_rows
from lantai.kit.fourprops.scheme import Level, Scheme, from_toml, scheme_for, slugs
from lantai.kit.fourprops.vocabulary import (
    CONCLUSION_LABELS,
    OUTCOME_LABELS,
    PROPERTY_LABELS,
    STAGE_LABELS,
    Conclusion,
    Need,
    Outcome,
    Property,
    Stage,
)

__all__ = [
    "CONCLUSION_LABELS",
    "OUTCOME_LABELS",
    "PROPERTY_LABELS",
    "STAGE_LABELS",
    "AntivirusFacts",
    "CarrierFacts",
    "Conclusion",
    "EnvironmentFacts",
    "EventFacts",
    "FailedItem",
    "FileFacts",
    "FileState",
    "Finding",
    "ItemFacts",
    "Level",
    "Need",
    "Outcome",
    "PackageFacts",
    "PackageProblem",
    "Place",
    "Property",
    "Report",
    "ReportRow",
    "Result",
    "Scheme",
    "SchemeMalformed",
    "SignatureFacts",
    "SignatureState",
    "Stage",
    "Subject",
    "check",
    "check_of_package",
    "check_of_series",
    "from_toml",
    "report_rows",
    "run",
    "scheme_for",
    "slugs",
]
