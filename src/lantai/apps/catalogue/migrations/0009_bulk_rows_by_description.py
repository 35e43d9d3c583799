"""Rows of bulk changes are found by what they change: withdrawing an import looks there for each of its rows."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0008_open_by_code")]
    operations = [
        migrations.AlterField(
            model_name="bulkrow",
            name="description",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalogue.description"
            ),
        )
    ]
