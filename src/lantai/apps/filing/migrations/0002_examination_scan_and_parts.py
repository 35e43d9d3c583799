from django.db import migrations, models
from django.db.models.fields.json import KT


class Migration(migrations.Migration):
    dependencies = [("filing", "0001_initial")]

    operations = [
        migrations.AddField("batch", "tested_revision", models.PositiveIntegerField(default=0)),
        migrations.AddField("documentfile", "examination", models.JSONField(null=True)),
        migrations.AddField("documentfile", "scan", models.JSONField(null=True)),
        migrations.AddField(
            "documentfile",
            "part",
            models.CharField("组成部分", max_length=40, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField("documentfile", "elements", models.JSONField(default=dict, blank=True)),
        migrations.AddIndex(
            "documentfile",
            models.Index(KT("examination__facts__invoice_number"), name="filing_file_invoice"),
        ),
        migrations.AddIndex("documentfile", models.Index(KT("elements__number"), name="filing_file_number")),
    ]
