from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("custody", "0004_evidence_bundle")]

    operations = [
        migrations.RemoveIndex("contentfile", "custody_file_checked"),
        migrations.AlterField("contentfile", "checked_at", models.DateTimeField(null=True)),
        migrations.DeleteModel("FixityFault"),
        migrations.DeleteModel("FixityRound"),
    ]
