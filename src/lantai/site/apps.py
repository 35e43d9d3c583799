"""The composition root as a Django app."""

from __future__ import annotations

from django.apps import AppConfig

JOURNAL_EVERY_S = 300  # what a lost database may have known that the storage root does not

MIRROR_EVERY_S = 60  # nothing is done without the setting


class SiteConfig(AppConfig):
    """Wires what the parts register."""

    name = "lantai.site"
    label = "site"

    def ready(self) -> None:
        from lantai.apps.backup.registry import register_programs
        from lantai.platform.jobs.registry import every
        from lantai.site import menu, sharing
        from lantai.site.postgres import Programs

        register_programs(Programs())
        menu.register()
        sharing.register()
        every(MIRROR_EVERY_S, "lantai.site.log_command.mirror_now")
        every(JOURNAL_EVERY_S, "lantai.site.journal.export_now")
