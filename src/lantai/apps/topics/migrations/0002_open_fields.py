from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("topics", "0001_initial")]

    operations = [
        migrations.AddField(
            "ownfield", "is_open", models.BooleanField(default=False, verbose_name="向公众显示")
        ),
    ]
