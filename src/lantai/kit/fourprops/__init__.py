"""The four-property test of electronic records (四性检测, DA/T 70—2018).

`run` holds a subject, given as plain facts, against a scheme and returns a report. A check passes
only when something was looked at and found right: what nobody looked at is NOT_RUN, what needs an
eye is MANUAL.
"""

from __future__ import annotations

from lantai.kit.crypto.signatures import SignatureFound, SignatureKind, SignatureState
from lantai.kit.fourprops.engine import run
from lantai.kit.fourprops.facts import (
    AntivirusFacts,
    CarrierFacts,
    ClimateLog,
    EnvironmentFacts,
    EventFacts,
    Fact,
    FileFacts,
    FileRemark,
    FileState,
    ItemFacts,
    PackageFacts,
    PackageProblem,
    PlannedClass,
    Stopped,
    Subject,
    WeaknessScan,
)
from lantai.kit.fourprops.findings import Finding, Place
from lantai.kit.fourprops.parameters import SchemeMalformed
from lantai.kit.fourprops.registry import check, check_of_package, check_of_series
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
    "ClimateLog",
    "Conclusion",
    "EnvironmentFacts",
    "EventFacts",
    "Fact",
    "FailedItem",
    "FileFacts",
    "FileRemark",
    "FileState",
    "Finding",
    "ItemFacts",
    "Level",
    "Need",
    "Outcome",
    "PackageFacts",
    "PackageProblem",
    "Place",
    "PlannedClass",
    "Property",
    "Report",
    "ReportRow",
    "Result",
    "Scheme",
    "SchemeMalformed",
    "SignatureFound",
    "SignatureKind",
    "SignatureState",
    "Stage",
    "Stopped",
    "Subject",
    "WeaknessScan",
    "check",
    "check_of_package",
    "check_of_series",
    "from_toml",
    "report_rows",
    "run",
    "scheme_for",
    "slugs",
]
