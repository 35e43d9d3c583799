"""The database itself refuses to change what was written."""

from django.db import migrations

TABLES = ("ledger_entry", "ledger_leaf", "ledger_checkpoint")

REFUSE = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'lantai: % is append-only, % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'Evidence is never corrected. Record a further act that says what is true.';
END
$$;
"""

GUARD = """
CREATE TRIGGER {table}_rows_stay BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER {table}_table_stays BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""

UNGUARD = """
DROP TRIGGER {table}_rows_stay ON {table};
DROP TRIGGER {table}_table_stays ON {table};
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION ledger_refuse_change()"),
        *(migrations.RunSQL(GUARD.format(table=t), UNGUARD.format(table=t)) for t in TABLES),
    ]
