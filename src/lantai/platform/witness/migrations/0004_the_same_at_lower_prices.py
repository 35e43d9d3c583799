"""Transactions of an anchor that were replaced by dearer ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("witness", "0003_polls")]
    operations = [
        migrations.AddField(
            model_name="anchor",
            name="earlier",
            field=models.JSONField(default=list),
        ),
    ]
