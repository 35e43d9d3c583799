"""Tiles of the SM3 tree stand beside those of the SHA-256 tree; the tree itself is built by the sequencer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]

    operations = [
        migrations.AddField("tile", "algorithm", models.CharField(default="sha256", max_length=8)),
        migrations.RemoveConstraint("tile", "ledger_tile_place"),
        migrations.AddConstraint(
            "tile",
            models.UniqueConstraint(fields=("algorithm", "level", "index"), name="ledger_tile_place"),
        ),
    ]
