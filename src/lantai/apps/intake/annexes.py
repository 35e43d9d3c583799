"""The annex sheet of a package, read in the sandbox; one that cannot be read is a problem of the package."""

from __future__ import annotations

import re

from lantai.apps.intake import quarantine
from lantai.apps.intake.models import Submission, SubmissionFile
from lantai.kit.errors import plain
from lantai.kit.fourprops.facts import PackageProblem
from lantai.kit.handover.sheet import CODE
from lantai.platform.sandbox import services as sandbox
from lantai.platform.sandbox.types import ParseKilled, ParseRefused

NAME = re.compile(r"(移交附表|开放意见|开放审核意见).*\.(xlsx|csv)$", re.IGNORECASE)
SECONDS = 120


def lines_of(submission: Submission) -> dict[str, dict[str, str]]:
    """Reference code → its line in the annex sheet that lies among the package's loose files; empty without.

    A sheet that cannot be read is entered among the package's findings.
    """
    file = _annex(submission)
    if file is None:
        return {}
    path = quarantine.opened(submission) / file.path
    try:
        lines = sandbox.call("lantai.kit.handover.sheet:read_annex", path=path, timeout_s=SECONDS)
    except (ParseRefused, ParseKilled) as refusal:
        problem = PackageProblem(refusal.message, plain(refusal.params), file.path)
        _enter(submission, problem)
        return {}
    return {line[CODE]: dict(line) for line in lines}  # of two lines for one code the later holds


def _annex(submission: Submission) -> SubmissionFile | None:
    loose = SubmissionFile.objects.filter(submission=submission, item=None).exclude(state="missing")
    return next((file for file in loose.order_by("path").defer("text") if NAME.search(file.name)), None)


def _enter(submission: Submission, problem: PackageProblem) -> None:
    told = {
        "message": problem.message,
        "params": dict(problem.params),
        "path": problem.path,
        "is_error": True,
        "item": "",
    }
    area = submission.findings.get("catalogue_problems") or []
    submission.findings["catalogue_problems"] = [*area, told]
    submission.save(update_fields=["findings"])
