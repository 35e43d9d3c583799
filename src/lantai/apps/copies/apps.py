"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CopiesConfig(AppConfig):
    """Copies of packages in several places: policies, replication, fixity, repair."""

    name = "lantai.apps.copies"
    label = "copies"

    def ready(self) -> None:
        from lantai.apps.copies import queries, services
        from lantai.apps.copies.events import PolicyChanged
        from lantai.apps.copies.permissions import P
        from lantai.apps.copies.states import CLEARING
        from lantai.apps.copies.types import CLEARANCE, PACKAGE
        from lantai.apps.custody import queries as custody
        from lantai.apps.custody.events import ContentDestroyed, PackageSealed, VersionAdded
        from lantai.platform.desk.events import PlaceFoundAgain
        from lantai.platform.events.registry import subscribe
        from lantai.platform.jobs.registry import every
        from lantai.platform.ui.registry import MenuItem, PageTab, Section, register_menu, register_tab
        from lantai.platform.witness.registry import register_holdings
        from lantai.platform.workflow import registry as workflow

        workflow.register(
            CLEARING,
            model="copies.Clearance",
            object_type=CLEARANCE,
            noun=_("多余副本的撤除"),
            title=str,
            url=lambda row: row.get_absolute_url(),
        )

        register_menu(
            MenuItem(
                Section.KEEP,
                pgettext_lazy("many", "副本"),
                "copies:overview",
                (P.COPY_READ,),
                50,
                "shield-check",
                queries.count_bad,
            )
        )
        register_tab(
            PageTab(PACKAGE, _("信息包"), "custody:package", order=10),
            PageTab(PACKAGE, _("副本"), "copies:package", (P.COPY_READ,), order=30),
        )
        custody.register_reader(services.bring_file)
        register_holdings(services.PolledContent())
        here = "lantai.apps.copies.subscribers"
        subscribe(PackageSealed, f"{here}.on_package_sealed")
        subscribe(VersionAdded, f"{here}.on_version_added")
        subscribe(ContentDestroyed, f"{here}.on_content_destroyed")
        subscribe(PolicyChanged, f"{here}.on_policy_changed")
        subscribe(PlaceFoundAgain, f"{here}.on_place_found_again")
        every(60, "lantai.apps.copies.services.fill_now")
        every(3600, "lantai.apps.copies.services.keep_house")
