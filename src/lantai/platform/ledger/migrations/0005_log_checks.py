"""What reading the whole log came to, so that others can ask it without reading it again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_key_statements")]

    operations = [
        migrations.CreateModel(
            name="LogCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("checked_at", models.DateTimeField()),
                ("size", models.BigIntegerField()),
                ("fault_count", models.PositiveIntegerField()),
                ("first_fault", models.TextField(blank=True)),
            ],
        ),
    ]
