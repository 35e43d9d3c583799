from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Listener",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("cursor_xid", models.BigIntegerField()),
                ("cursor_id", models.BigIntegerField()),
                ("heard_at", models.DateTimeField()),
            ],
            options={"verbose_name": "检索变更的听者"},
        ),
    ]
