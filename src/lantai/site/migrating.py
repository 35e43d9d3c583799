"""Migrations in a third of the time: a model is rendered again when it changes, not when a neighbour does.

Django renders, for every operation, all models that are tied to the one it changes. Nearly all of ours are tied to
organisations and accounts, so a new database cost a render of the whole schema for each of three hundred operations.
Most of them ask for nothing but their own model. Django knows such a delay for some operations and renders all anew
before code of ours is run; here it is taken for all that allow it. A migration with any other has a whole state.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.migrations import operations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_OF_ONE_MODEL = (
    operations.CreateModel,
    operations.AddField,
    operations.AddIndex,
    operations.AddConstraint,
    operations.RemoveIndex,
    operations.RemoveConstraint,
    operations.AlterModelOptions,
    operations.AlterModelManagers,
    operations.AlterUniqueTogether,
    operations.RunPython,  # renders all for itself when something was delayed
)


class Executor(MigrationExecutor):
    """Django's, with a state that renders less where less is asked."""

    def apply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False
    ) -> ProjectState:
        """One migration, with each model rendered alone where all its operations allow."""
        if not all(map(_is_of_one_model, migration.operations)):
            state.clear_delayed_apps_cache()
            return super().apply_migration(state, migration, fake=fake, fake_initial=fake_initial)

        def alone(app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
            state.is_delayed = True
            return {(app_label, model_name)}

        state.__dict__["_find_reload_model"] = alone
        try:
            return super().apply_migration(state, migration, fake=fake, fake_initial=fake_initial)
        finally:
            del state.__dict__["_find_reload_model"]


def is_newest() -> bool:
    """Whether the database has every migration; found out without rendering a single model."""
    executor = Executor(connection)
    executor.loader.check_consistent_history(connection)
    graph = executor.loader.graph
    return not (executor.loader.detect_conflicts() or executor.migration_plan(graph.leaf_nodes()))


def _is_of_one_model(operation: Operation) -> bool:
    match operation:
        case operations.RunSQL():
            return all(map(_is_of_one_model, operation.state_operations))
        case operations.SeparateDatabaseAndState():
            parts: list[Any] = [*operation.state_operations, *operation.database_operations]
            return all(map(_is_of_one_model, parts))
        case operations.AlterField():  # what others point at is theirs too
            return bool(
                not operation.field.unique
                and (operation.field.many_to_one or not operation.field.is_relation)
            )
    return isinstance(operation, _OF_ONE_MODEL)
