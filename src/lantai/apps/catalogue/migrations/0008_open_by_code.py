"""What is open to everybody, in the order of codes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0007_named_by_statement")]

    operations = [
        migrations.AddIndex(
            model_name="description",
            index=models.Index(
                condition=models.Q(("classification", "public"), ("openness", "open")),
                fields=["reference_code", "id"],
                name="catalogue_open_by_code",
            ),
        ),
    ]
