"""What people enter about the house as a whole, for later tests to read."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orgs", "0001_initial"), ("schemes", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="HouseFinding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=16, verbose_name="检测项")),
                ("is_good", models.BooleanField(verbose_name="通过")),
                ("answers", models.JSONField(default=dict)),
                ("found_by", models.CharField(max_length=64, verbose_name="检测人")),
                ("found_at", models.DateTimeField(verbose_name="检测时间")),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.org",
                        verbose_name="检测单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "机构检测情况",
                "ordering": ("-id",),
                "indexes": [models.Index(fields=["org", "code", "-id"], name="schemes_house_newest")],
            },
        ),
    ]
