"""The public conformance suite (LibraryOfCongress/bagit-conformance-suite, commit 9ab4870), bag by bag.

All 60 are judged so; what lies here of them is judged in each run. Bags that are invalid on one system only are
refused on every system: nobody knows on which one a bag will be read.
"""

from __future__ import annotations

import pytest

from lantai.kit.packages import bagit
from tests.conftest import SAMPLES, needs_samples

SUITE = SAMPLES / "bagit"
OLD = "basic-bag duplicate-metadata-entries"
VALID = {
    **dict.fromkeys(("v0.93", "v0.94", "v0.95"), OLD),
    "v0.96": f"{OLD} bag-in-a-bag bag-with-encoded-names bag-with-escapable-characters "
    "bag-with-leading-dot-slash-in-manifest bag-with-space holey-bag",
    "v0.97": f"{OLD} ISO-8859-1-encoded-tag-files UTF-16-encoded-tag-files bag-in-a-bag bag-with-encoded-names "
    "bag-with-escapable-characters bag-with-leading-dot-slash-in-manifest bag-with-space holey-bag minimal-bag "
    "uncommon-metadata-separators",
    "v1.0": "basicBag",
}
TOLD = {  # valid, with a warning
    "duplicate-file-with-different-case": "same-name",
    "made-with-md5sum-tools": "odd-line",
    "relative-path": "odd-line",
    "same-filename-listed-twice-with-different-normalization": "same-name",
    "same-filename-listed-twice-with-the-same-hash": "listed-twice",
    "special-system-files": "system-file",
}
ABROAD = {  # system → what leads out of the bag there
    "linux-only": ("absolute-path", "shortcut", "shortcut-username"),
    "windows-only": ("absolute-path", "shortcut", "unc"),
}
INVALID = {
    "v0.97/invalid/baginfo-missing-encoding": "declaration",
    "v0.97/invalid/bom-in-bagit.txt": "declaration",
    "v0.97/invalid/corrupt-data-file": "digest",
    "v0.97/invalid/corrupt-tag-file": "digest",
    "v0.97/invalid/extra-file-in-bag": "unlisted",
    "v0.97/invalid/invalid-version-number": "declaration",
    "v0.97/invalid/missing-baginfo": "missing",
    "v0.97/invalid/missing-bagit.txt": "declaration",
    "v0.97/invalid/out-of-scope-file-paths-using-dot-notation": "outside",
    "v0.97/invalid/out-of-scope-file-paths-using-dot-notation-for-fetch": "fetch",
    "v0.97/invalid/same-filename-listed-twice-with-different-hashes": "listed-twice",
    "v1.0/invalid/bagit-with-invalid-whitespace": "declaration",
    "v1.0/invalid/notAllManifestsListAllFiles": "unlisted",
    "v1.0/invalid/same-filename-listed-twice-with-different-hashes": "listed-twice",
    "v1.0/invalid/same-filename-listed-twice-with-the-same-hash": "listed-twice",
    **{
        f"v0.97/{system}/out-of-scope-file-paths-using-{way}{suffix}": code
        for system, ways in ABROAD.items()
        for way in ways
        for suffix, code in (("", "outside"), ("-for-fetch", "fetch"))
    },
}
# bag → (is it valid, the code of what must be told of it, "" where nothing must)
BAGS = {
    **{f"{version}/valid/{name}": (True, "") for version, names in VALID.items() for name in names.split()},
    **{f"v0.97/warning/{name}": (True, code) for name, code in TOLD.items()},
    **{name: (False, code) for name, code in INVALID.items()},
}


def here():
    """The bags of the suite that lie here."""
    return sorted(path.relative_to(SUITE).as_posix() for path in SUITE.glob("v*/*/*") if path.is_dir())


def test_the_whole_suite_is_listed():
    assert len(BAGS) == 60


@needs_samples
@pytest.mark.parametrize("name", here())
def test_a_bag_of_the_suite_is_judged_as_it_says(name):
    is_valid, code = BAGS[name]
    problems = bagit.validate_bag(SUITE / name)
    errors = {problem.code for problem in problems if problem.severity == "error"}
    assert (not errors) == is_valid
    assert not code or code in (errors or {problem.code for problem in problems})
    assert all("%(" not in str(problem) for problem in problems)
