from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_handover")]

    operations = [
        migrations.AddField("submissionfile", "examination", models.JSONField(null=True)),
        migrations.AddField("submissionfile", "scan", models.JSONField(null=True)),
        migrations.AddField("submissionitem", "carried", models.JSONField(null=True)),
    ]
