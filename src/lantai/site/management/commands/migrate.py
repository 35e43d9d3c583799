"""``migrate`` with our executor."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from django.core.management.commands import migrate

from lantai.site.migrating import Executor


class Command(migrate.Command):
    """Django's own, quicker; the database of the tests is made by it too."""

    def handle(self, *words: Any, **options: Any) -> None:
        """As Django's, which offers no other way to name the executor."""
        with patch.object(migrate, "MigrationExecutor", Executor):
            super().handle(*words, **options)
