"""The fixtures of the OCFL community, judged as their folder names say."""

from __future__ import annotations

import re

import pytest

from lantai.kit.packages import ocfl
from tests.conftest import SAMPLES, needs_samples

FIXTURES = SAMPLES / "ocfl"


def folders(kind):
    folder = FIXTURES / kind
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def error_codes(path):
    return {problem.code for problem in ocfl.validate_object(path) if problem.severity == "error"}


@needs_samples
@pytest.mark.parametrize("name", folders("good-objects"))
def test_a_good_object_is_found_valid_and_can_be_opened(name):
    path = FIXTURES / "good-objects" / name
    assert error_codes(path) == set()
    opened = ocfl.open_object(path)
    for version in opened.versions:
        assert all(file.path.is_file() for file in opened.files(version))


@needs_samples
@pytest.mark.parametrize("name", folders("bad-objects"))
def test_a_bad_object_is_refused_with_the_codes_of_its_name(name):
    expected = set(re.findall(r"E\d{3}", name))
    found = error_codes(FIXTURES / "bad-objects" / name)
    assert expected <= found


@needs_samples
def test_every_finding_can_be_said():
    for name in folders("bad-objects"):
        for problem in ocfl.validate_object(FIXTURES / "bad-objects" / name):
            assert "%(" not in str(problem)
