"""Stamps name their records by the permanent number, which until now was the number of the row."""

from django.db import migrations, models

_NUMBERS = """
ALTER TABLE interop_stamp ADD COLUMN permanent bigint;
ALTER TABLE interop_stamp ALTER COLUMN permanent TYPE bigint USING row_id;
ALTER TABLE interop_stamp ALTER COLUMN permanent SET NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("interop", "0002_exchange"), ("catalogue", "0006_permanent")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(_NUMBERS, "ALTER TABLE interop_stamp DROP COLUMN permanent")
            ],
            state_operations=[
                migrations.AddField(model_name="stamp", name="permanent", field=models.BigIntegerField())
            ],
        ),
        migrations.AddConstraint(
            model_name="stamp",
            constraint=models.UniqueConstraint(fields=("permanent",), name="interop_stamp_permanent_once"),
        ),
    ]
