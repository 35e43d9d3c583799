"""The four-property test of electronic records (四性检测, DA/T 70—2018).

`run` holds a subject, given as plain facts, against a scheme and returns a report. A check passes
only when something was looked at and found right: what nobody looked at is NOT_RUN, what needs an
eye is MANUAL.

The names below come when they are asked for: whoever needs the facts alone (a confined reader of packages does)
need not wait for checks, spreadsheets and pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantai.kit.lazy import names_from

if TYPE_CHECKING:
    from lantai.kit.crypto.signatures import SignatureFound, SignatureKind, SignatureState
    from lantai.kit.fourprops.comparing import RuleChange, RunComparison, compare_runs
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
    from lantai.kit.fourprops.grouping import (
        Bar,
        Reason,
        RuleFailures,
        bars,
        failures_by_rule,
        fixable_fields,
    )
    from lantai.kit.fourprops.page import report_html
    from lantai.kit.fourprops.parameters import (
        Column,
        Names,
        Parameter,
        ParameterKind,
        ParameterRefused,
        SchemeMalformed,
    )
    from lantai.kit.fourprops.registry import check, check_of_package, check_of_series
    from lantai.kit.fourprops.report import FailedItem, Report, ReportRow, Result, report_rows
    from lantai.kit.fourprops.scheme import (
        Level,
        Scheme,
        SchemeDifference,
        Setting,
        compare_schemes,
        from_data,
        from_toml,
        scheme_for,
        slugs,
    )
    from lantai.kit.fourprops.spreadsheet import report_xlsx
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
    from lantai.kit.fourprops.worksheets import Question, Worksheet, WorksheetForm

__all__ = [
    "CONCLUSION_LABELS",
    "OUTCOME_LABELS",
    "PROPERTY_LABELS",
    "STAGE_LABELS",
    "AntivirusFacts",
    "Bar",
    "CarrierFacts",
    "ClimateLog",
    "Column",
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
    "Names",
    "Need",
    "Outcome",
    "PackageFacts",
    "PackageProblem",
    "Parameter",
    "ParameterKind",
    "ParameterRefused",
    "Place",
    "PlannedClass",
    "Property",
    "Question",
    "Reason",
    "Report",
    "ReportRow",
    "Result",
    "RuleChange",
    "RuleFailures",
    "RunComparison",
    "Scheme",
    "SchemeDifference",
    "SchemeMalformed",
    "Setting",
    "SignatureFound",
    "SignatureKind",
    "SignatureState",
    "Stage",
    "Stopped",
    "Subject",
    "WeaknessScan",
    "Worksheet",
    "WorksheetForm",
    "bars",
    "check",
    "check_of_package",
    "check_of_series",
    "compare_runs",
    "compare_schemes",
    "failures_by_rule",
    "fixable_fields",
    "from_data",
    "from_toml",
    "report_html",
    "report_rows",
    "report_xlsx",
    "run",
    "scheme_for",
    "slugs",
]

_MODULES = (
    "lantai.kit.crypto.signatures",
    ".vocabulary", ".facts", ".findings", ".worksheets", ".parameters", ".registry", ".report", ".scheme",
    ".engine", ".grouping", ".comparing", ".page", ".spreadsheet",
)  # fmt: skip

__getattr__ = names_from(__name__, __all__, _MODULES)
