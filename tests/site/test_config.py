"""What is kept beside the settings."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lantai.site.config import BadSetting, secret_in


def test_a_secret_is_made_once_for_all_who_ask_at_the_same_time(tmp_path: Path) -> None:
    path = tmp_path / "home" / "secret"
    with ThreadPoolExecutor(8) as many:
        found = set(many.map(secret_in, [path] * 16))
    assert found == {path.read_text()} and len(path.read_text()) > 60
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and [one.name for one in path.parent.iterdir()] == [
        "secret"
    ]


def test_a_death_while_a_secret_is_made_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret"

    def die(*_asked: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(os, "fsync", die)
        secret_in(path)
    assert not path.exists()
    assert secret_in(path) == secret_in(path) != ""


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSetting, match="LANTAI_HOME"):
        secret_in(tmp_path / "file" / "secret")
