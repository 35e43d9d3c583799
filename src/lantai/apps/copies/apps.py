"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig


class CopiesConfig(AppConfig):
    """Copies of packages in several places: policies, replication, fixity, repair."""

    name = "lantai.apps.copies"
    label = "copies"

    def ready(self) -> None:
        from lantai.apps.copies import jobs  # noqa: F401  declares its handlers
        from lantai.apps.copies.events import PolicyChanged
        from lantai.apps.custody.events import PackageSealed, VersionAdded
        from lantai.platform.events.registry import subscribe
        from lantai.platform.jobs.registry import every

        here = "lantai.apps.copies.subscribers"
        subscribe(PackageSealed, f"{here}.on_package_sealed")
        subscribe(VersionAdded, f"{here}.on_version_added")
        subscribe(PolicyChanged, f"{here}.on_policy_changed")
        every(60, "lantai.apps.copies.services.fill_now")
