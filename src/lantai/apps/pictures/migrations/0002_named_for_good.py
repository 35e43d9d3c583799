"""Pictures are named by permanent numbers and digests; addresses of old hold for the rows that there are by now.

A database that was made again from the storage root gave its files other numbers than the addresses say: there
none of them holds.
"""

from django.db import migrations, models

_MARK = """
INSERT INTO pictures_formernumbers (last_item, last_file, last_fonds)
SELECT CASE WHEN made_again THEN 0 ELSE (SELECT coalesce(max(id), 0) FROM catalogue_description) END,
       CASE WHEN made_again THEN 0 ELSE (SELECT coalesce(max(id), 0) FROM custody_contentfile) END,
       CASE WHEN made_again THEN 0 ELSE (SELECT coalesce(max(id), 0) FROM holdings_fonds) END
FROM (SELECT EXISTS (SELECT FROM ledger_entry WHERE act = 'custody:store:rebuilt') AS made_again) known
"""
_NONE = models.BigIntegerField(default=0)


class Migration(migrations.Migration):
    dependencies = [
        ("pictures", "0001_initial"),
        ("catalogue", "0006_permanent"),
        ("custody", "0007_files_that_were_migrated"),
        ("holdings", "0002_tree"),
        ("ledger", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerNumbers",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("last_item", _NONE),
                ("last_file", _NONE.clone()),
                ("last_fonds", _NONE.clone()),
            ],
            options={"verbose_name": "图像旧标识"},
        ),
        migrations.RunSQL(_MARK, migrations.RunSQL.noop),
    ]
