from django.db import migrations, models
from django.db.models import Min, OuterRef, Subquery


def from_files(apps, schema_editor):
    """Of a package is known what is known of its file read longest ago."""
    Package, ContentFile = apps.get_model("custody", "Package"), apps.get_model("custody", "ContentFile")
    oldest = ContentFile.objects.filter(package=OuterRef("pk")).values("package")
    Package.objects.update(checked_at=Subquery(oldest.annotate(at=Min("checked_at")).values("at")))


class Migration(migrations.Migration):
    dependencies = [("custody", "0002_examination_and_whole_reports")]

    operations = [
        migrations.AddField(
            "package", "checked_at", models.DateTimeField(null=True, verbose_name="最近校验")
        ),
        migrations.RunPython(from_files, migrations.RunPython.noop),
    ]
