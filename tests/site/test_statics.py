"""Static files are collected when they differ from what was collected, and not at every start."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from lantai.site import statics


@pytest.fixture
def source(settings: Any, tmp_path: Path) -> Path:
    """A file of the product, in an installation with a home of its own."""
    source = tmp_path / "product" / "sample.css"
    source.parent.mkdir()
    source.write_text("a { color: red }")
    settings.LANTAI_HOME, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.STATICFILES_DIRS = [source.parent]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    return source


def test_a_second_start_collects_nothing(source):
    assert statics.collect() and not statics.collect()


def test_a_changed_file_a_new_one_and_a_lost_folder_are_collected(source, settings):
    statics.collect()
    source.write_text("a { color: darkgreen }")
    os.utime(source, (time.time() + 60,) * 2)  # copying goes by the time of change, by whole seconds
    assert statics.collect() and "darkgreen" in (settings.STATIC_ROOT / "sample.css").read_text()
    source.with_name("new.css").write_text("b {}")
    assert statics.collect() and (settings.STATIC_ROOT / "new.css").exists()
    shutil.rmtree(settings.STATIC_ROOT)
    assert statics.collect() and (settings.STATIC_ROOT / "sample.css").exists()


def test_a_collection_that_was_broken_off_is_made_again(source, monkeypatch):
    statics.collect()
    source.write_text("a { color: darkgreen }")

    def dies(*_words, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(statics, "call_command", dies)
        statics.collect()
    source.write_text("a { color: red }")
    assert statics.collect()
