"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig


class CustodyConfig(AppConfig):
    """Packages, their files, fixity and the four-property test as evidence of content."""

    name = "lantai.apps.custody"
    label = "custody"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from lantai.apps.custody import evidence
        from lantai.apps.custody.permissions import P
        from lantai.apps.custody.trials import PackageShelf
        from lantai.apps.schemes.services import register_subjects
        from lantai.platform.blobs.registry import register_owner
        from lantai.platform.jobs.registry import every
        from lantai.platform.ui.registry import MenuItem, Section, register_menu

        every(3600, "lantai.apps.custody.services.sealing.clear_stages")
        register_subjects("custody:package", PackageShelf())
        register_owner("custody", evidence.keys_in_use)
        every(3600, "lantai.apps.custody.services.expire_bundles")
        register_menu(
            MenuItem(Section.KEEP, _("信息包"), "custody:packages", (P.PACKAGE_READ,), 30, "package"),
            MenuItem(Section.KEEP, _("证据包"), "custody:bundles", (P.BUNDLE_MAKE,), 35, "shield-check"),
            MenuItem(Section.KEEP, _("四性检测"), "custody:checks", (P.CHECK_READ,), 40, "clipboard-list"),
        )
