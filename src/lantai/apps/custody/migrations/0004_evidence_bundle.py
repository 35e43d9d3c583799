"""Evidence bundles."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("custody", "0003_package_checked_at"),
        ("jobs", "0002_turns"),
        ("orgs", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="EvidenceBundle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="版本")),
                ("item_key", models.CharField(blank=True, max_length=120, verbose_name="件")),
                ("title", models.CharField(max_length=300, verbose_name="名称")),
                ("asked_by", models.CharField(max_length=64, verbose_name="制作人")),
                ("asked_at", models.DateTimeField(verbose_name="开始时间")),
                ("parts", models.JSONField(default=dict)),
                ("statement", models.JSONField(default=dict)),
                ("entry_id", models.BigIntegerField(null=True)),
                ("file_count", models.PositiveIntegerField(default=0, verbose_name="文件数")),
                ("blob_key", models.CharField(blank=True, max_length=200)),
                ("size_bytes", models.BigIntegerField(null=True, verbose_name="大小")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="SHA-256 摘要")),
                ("made_at", models.DateTimeField(null=True, verbose_name="做好时间")),
                ("expires_at", models.DateTimeField(verbose_name="保存到")),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.org",
                        verbose_name="保管单位",
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bundles",
                        to="custody.package",
                        verbose_name="信息包",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.run",
                    ),
                ),
            ],
            options={
                "verbose_name": "证据包",
                "ordering": ("-id",),
            },
        ),
    ]
