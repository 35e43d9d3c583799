"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HoldingsConfig(AppConfig):
    """Fonds, classification schemes, retention schedules, record kinds and rule sets."""

    name = "lantai.apps.holdings"
    label = "holdings"

    def ready(self) -> None:
        from lantai.apps.holdings.permissions import P
        from lantai.apps.holdings.states import SCHEDULE
        from lantai.platform.ui.registry import MenuItem, PageTab, Section, register_menu, register_tab
        from lantai.platform.workflow import registry as workflow

        workflow.register(
            SCHEDULE,
            model="holdings.RetentionSchedule",
            object_type="holdings:schedule",
            noun=_("保管期限表"),
            title=lambda row: row.title,
            url=lambda row: row.get_absolute_url(),
        )
        reads = (P.FONDS_READ,)
        register_tab(PageTab("holdings:fonds", _("全宗概况"), "holdings:fonds", reads, 10))
        register_menu(
            MenuItem(Section.KEEP, _("全宗"), "holdings:fonds_list", reads, order=10, icon="archive"),
            MenuItem(Section.GOVERN, _("保管期限表"), "holdings:schedules", reads, order=30, icon="table"),
            MenuItem(Section.GOVERN, _("业务规则"), "holdings:rules", reads, order=40, icon="gavel"),
        )
