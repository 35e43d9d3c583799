"""A database with nothing in it, inside a test's transaction: what was there returns when that is taken back."""

from __future__ import annotations

from django.apps import apps
from django.db import connection


def empty_database() -> None:
    """Take every row of ours away, also those that refuse it in the product."""
    there = set(connection.introspection.table_names())
    tables = [
        model._meta.db_table
        for config in apps.get_app_configs()
        if config.name.startswith("lantai.")
        for model in config.get_models()
        if model._meta.managed and model._meta.db_table in there
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT tgrelid::regclass, quote_ident(tgname) FROM pg_trigger"
            " WHERE NOT tgisinternal AND (tgtype & 32) <> 0"
        )
        guarded = cursor.fetchall()
        for table, trigger in guarded:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
        for table, trigger in guarded:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
