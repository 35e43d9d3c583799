from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("disposal", "0002_papers_without_accounts")]

    operations = [
        migrations.AddField("supervisor", "confirmed_at", models.DateTimeField("确认监销时间", null=True)),
    ]
