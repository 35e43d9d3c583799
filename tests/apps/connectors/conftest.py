"""Two agencies that have nothing to do with each other, made once a module; what a test writes is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.apps.connectors.office import Office, make_office
from tests.taken_back import taken_back


@pytest.fixture(scope="module")
def here(django_db_setup: None, django_db_blocker: Any) -> Iterator[Office]:
    with django_db_blocker.unblock(), taken_back():
        yield make_office("H")


@pytest.fixture(scope="module")
def there(here: Office, django_db_blocker: Any) -> Office:
    """Made within the transaction of ``here``, with which it goes."""
    with django_db_blocker.unblock():
        return make_office("B")


def _fresh(office: Office) -> Office:
    """The same office with rows of its own to change."""
    again = replace(office)
    again.connector = type(office.connector)._default_manager.get(pk=office.connector.pk)
    return again


@pytest.fixture
def office(here: Office, db: None, settings: Any, tmp_path: Path) -> Office:
    settings.LANTAI_STORE = tmp_path / "store"
    settings.LANTAI_CONNECTOR_FOLDERS = tmp_path / "folders"
    return _fresh(here)


@pytest.fixture
def abroad(there: Office, office: Office) -> Office:
    return _fresh(there)
