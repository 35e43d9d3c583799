import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F

OCCASIONS = [
    ("self_check", "移交前自检"),
    ("filing", "归档"),
    ("transfer", "移交与接收"),
    ("periodic", "定期检测"),
    ("restore", "恢复之后"),
    ("migration", "迁移之后"),
    ("export", "导出之前"),
]


def tell_occasions(apps, _schema_editor):
    """Until now a stage had one occasion."""
    checks = apps.get_model("custody", "CheckRun").objects
    checks.exclude(stage="preservation").update(occasion=F("stage"))


class Migration(migrations.Migration):
    dependencies = [("custody", "0001_initial")]

    operations = [
        migrations.AddField(
            "checkrun",
            "occasion",
            models.CharField(choices=OCCASIONS, default="periodic", max_length=12, verbose_name="时机"),
            preserve_default=False,
        ),
        migrations.RunPython(tell_occasions, migrations.RunPython.noop, elidable=True),
        migrations.AddField("contentfile", "extension_ok", models.BooleanField(default=True)),
        migrations.AddField("contentfile", "examination", models.JSONField(null=True)),
        migrations.AddField("contentfile", "scan", models.JSONField(null=True)),
        migrations.CreateModel(
            name="CheckReport",
            fields=[
                (
                    "check_run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="report",
                        serialize=False,
                        to="custody.checkrun",
                    ),
                ),
                ("body", models.TextField()),
            ],
        ),
        migrations.AddField(
            model_name="checkresult",
            name="element",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.CreateModel(
            name="CheckOverride",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField(verbose_name="理由")),
                ("asked_by_id", models.BigIntegerField(null=True)),
                ("asked_by", models.CharField(max_length=64, verbose_name="提出人")),
                ("asked_at", models.DateTimeField(verbose_name="提出时间")),
                ("is_granted", models.BooleanField(null=True, verbose_name="同意")),
                ("decided_by", models.CharField(blank=True, max_length=64, verbose_name="决定人")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="决定时间")),
                ("note", models.TextField(blank=True, verbose_name="意见")),
                (
                    "check_run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="overrides",
                        to="custody.checkrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "例外放行",
                "ordering": ("-id",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_granted", False), _negated=True),
                        fields=("check_run",),
                        name="custody_one_override",
                    )
                ],
            },
        ),
    ]
