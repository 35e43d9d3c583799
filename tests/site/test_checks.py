"""What `lantai check --deploy` finds unfit, by the settings; its command has tests in tests/e2e/test_install.py."""

from __future__ import annotations

from typing import Any

import pytest

from lantai.site import checks

FIT = {
    "SECRET_KEY": "Zm9yLXRlc3RzLW9ubHktMDEyMzQ1Njc4OS1hYmNkZWZnaGlqa2xtbm8",
    "DEBUG": False,
    "ALLOWED_HOSTS": ["archives.example"],
    "LANTAI_PUBLIC_URL": "https://archives.example",
    "LANTAI_LOG_ORIGIN": "archives.example/log",
}


@pytest.mark.parametrize(
    ("unfit", "named"),
    [
        ({}, []),
        ({"SECRET_KEY": "a" * 60}, ["LANTAI_SECRET_KEY"]),
        ({"SECRET_KEY": FIT["SECRET_KEY"][:49]}, ["LANTAI_SECRET_KEY"]),
        ({"SECRET_KEY": f"changeme-{FIT['SECRET_KEY']}"}, ["LANTAI_SECRET_KEY"]),
        ({"ALLOWED_HOSTS": ["archives.example", ".example"]}, ["LANTAI_HOSTS"]),
        (
            {"DEBUG": True, "LANTAI_PUBLIC_URL": "http://archives.example"},
            ["LANTAI_DEBUG", "LANTAI_PUBLIC_URL"],
        ),
    ],
)
def test_what_is_unfit_is_named_and_nothing_else(
    settings: Any, unfit: dict[str, Any], named: list[str]
) -> None:
    for name, value in {**FIT, **unfit}.items():
        setattr(settings, name, value)
    assert [fault.split()[0] for fault in checks._production()] == named
