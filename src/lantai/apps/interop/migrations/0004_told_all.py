"""Which channels have ever told of what is not open: should they tell only of open records one day, that is taken back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("interop", "0003_permanent")]

    operations = [
        migrations.AddField(
            model_name="channel", name="has_told_all", field=models.BooleanField(default=False)
        ),
        migrations.RunSQL(
            "UPDATE interop_channel SET has_told_all = NOT only_open WHERE sent_until IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]
