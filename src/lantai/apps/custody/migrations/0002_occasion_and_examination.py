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
    ]
