"""Every description gets a number of its own for good; those that are there keep the one that was printed."""

from django.db import migrations, models

import lantai.apps.catalogue.models.permanent

# One writing of the table, with its indexes, instead of an UPDATE that leaves every row behind a second time.
_NUMBERS = """
CREATE SEQUENCE catalogue_permanent AS bigint MINVALUE 0 MAXVALUE 262143 START 0 CYCLE;
ALTER TABLE catalogue_description ADD COLUMN permanent bigint;
ALTER TABLE catalogue_description ALTER COLUMN permanent TYPE bigint USING id;
ALTER TABLE catalogue_description ALTER COLUMN permanent SET NOT NULL, ALTER COLUMN permanent SET DEFAULT
    (1::bigint << 58) | (((date_part('epoch', clock_timestamp()) * 100)::bigint - 176722560000) << 18)
    | nextval('catalogue_permanent');
"""
_NONE = """
ALTER TABLE catalogue_description DROP COLUMN permanent;
DROP SEQUENCE catalogue_permanent;
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0005_accesspoint")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(_NUMBERS, _NONE)],
            state_operations=[
                migrations.AddField(
                    model_name="description",
                    name="permanent",
                    field=models.BigIntegerField(
                        db_default=lantai.apps.catalogue.models.permanent.NewNumber(),
                        editable=False,
                        verbose_name="永久标识",
                    ),
                )
            ],
        ),
        migrations.AddConstraint(
            model_name="description",
            constraint=models.UniqueConstraint(fields=("permanent",), name="catalogue_permanent_once"),
        ),
    ]
