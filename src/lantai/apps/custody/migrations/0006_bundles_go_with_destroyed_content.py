from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("custody", "0005_fixity_is_read_by_copies")]

    operations = [
        migrations.AddField("evidencebundle", "destroyed_at", models.DateTimeField("销毁时间", null=True)),
    ]
