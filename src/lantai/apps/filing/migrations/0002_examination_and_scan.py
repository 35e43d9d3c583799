from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("filing", "0001_initial")]

    operations = [
        migrations.AddField("documentfile", "examination", models.JSONField(null=True)),
        migrations.AddField("documentfile", "scan", models.JSONField(null=True)),
    ]
