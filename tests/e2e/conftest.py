"""One installation with a small demo for everything here: made once, and copied for who changes it."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from lantai.site.postgres import Cluster
from tests.e2e import product


@dataclass(frozen=True)
class Installed:
    """An installation at rest, and the processor seconds that it took from nothing."""

    home: Path
    cpu_seconds: float


@contextmanager
def new_home() -> Iterator[Path]:
    """A folder for one installation; its database is stopped before it vanishes."""
    with tempfile.TemporaryDirectory(prefix="lantai-e2e-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        home.chmod(0o711)  # started as root, the database may run as another user
        try:
            yield home
        finally:
            Cluster(home / "postgres").stop()


@pytest.fixture(scope="session")
def migrated() -> Iterator[Installed]:
    """An installation that was made by `lantai migrate`; stopped, and to be left as it is."""
    with new_home() as home:
        cpu_seconds = product.complete(home, "migrate")
        Cluster(home / "postgres").stop()
        product.forgo_durability(home)
        yield Installed(home, cpu_seconds)


@pytest.fixture(scope="session")
def installed(migrated: Installed) -> Iterator[Installed]:
    """The demo after an undisturbed run in a copy of it; stopped, and to be left as it is."""
    with _copied(migrated.home) as home:
        cpu_seconds = product.complete(home, *product.DEMO)
        Cluster(home / "postgres").stop()
        yield Installed(home, migrated.cpu_seconds + cpu_seconds)


@pytest.fixture(scope="module")
def home(installed: Installed) -> Iterator[Path]:
    """A copy of it, for one module."""
    with _copied(installed.home) as home:
        yield home


@pytest.fixture(scope="module")
def fresh(migrated: Installed) -> Iterator[Path]:
    """A copy of it, for one module: an installation that holds nothing yet."""
    with _copied(migrated.home) as home:
        yield home


@contextmanager
def _copied(source: Path) -> Iterator[Path]:
    with new_home() as home:
        subprocess.run(["cp", "-a", f"{source}/.", str(home)], check=True)
        yield home
