"""What the README counts is what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lantai.kit.fourprops.checks import REGISTRY

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("name", "said"), [("README.md", r"(\d+) checks"), ("README.zh-CN.md", r"共 (\d+) 项")]
)
def test_the_readme_counts_the_checks_that_are_registered(name, said):
    assert re.findall(said, (ROOT / name).read_text("utf-8")) == [str(len(REGISTRY.checks))]
