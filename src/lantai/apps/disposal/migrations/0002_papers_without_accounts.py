import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("disposal", "0001_initial")]

    operations = [
        migrations.AlterField(
            model,
            name,
            models.ForeignKey(
                "accounts.User", null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+"
            ),
        )
        for model, name in (("opinion", "member"), ("supervisor", "user"))
    ]
