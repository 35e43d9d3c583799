"""What the log says of its keys, append-only like the rest of the evidence."""

from django.db import migrations, models

GUARD = """
CREATE TRIGGER ledger_keystatement_rows_stay BEFORE UPDATE OR DELETE ON ledger_keystatement
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_keystatement_table_stays BEFORE TRUNCATE ON ledger_keystatement
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""

UNGUARD = """
DROP TRIGGER ledger_keystatement_rows_stay ON ledger_keystatement;
DROP TRIGGER ledger_keystatement_table_stays ON ledger_keystatement;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_sm3_tree")]

    operations = [
        migrations.CreateModel(
            name="KeyStatement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("origin", models.TextField()),
                ("number", models.PositiveIntegerField()),
                ("note", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddConstraint(
            "keystatement",
            models.UniqueConstraint(fields=("origin", "number"), name="ledger_keystatement_place"),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
