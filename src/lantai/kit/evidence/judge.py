"""The verdict on a file from outside, with arguments that a confined process takes: a path and a text."""

from __future__ import annotations

from pathlib import Path

from lantai.kit.evidence.trust import TrustStore
from lantai.kit.evidence.verdicts import Verdict
from lantai.kit.evidence.verify import verify_file


def judge(path: str | Path, trust: str) -> Verdict:
    """What `verify_file` says of the file at `path`, believing the trust file `trust`."""
    return verify_file(Path(path), TrustStore.parse(trust))
