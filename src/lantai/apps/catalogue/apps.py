"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    """Descriptions of what is held, and finding them."""

    name = "lantai.apps.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        from lantai.apps.authorities.services import register_holder
        from lantai.apps.catalogue import queries
        from lantai.apps.catalogue.permissions import P
        from lantai.apps.catalogue.queries import leaves
        from lantai.apps.catalogue.queries.listing import register_list
        from lantai.apps.catalogue.services import AccessPoints
        from lantai.apps.catalogue.tables import narrowed
        from lantai.apps.kinds.events import SearchedFieldsChanged
        from lantai.apps.texts.events import TextsRead
        from lantai.platform.events.registry import subscribe
        from lantai.platform.jobs.registry import every
        from lantai.platform.search.registry import register_source
        from lantai.platform.ui.registry import (
            MenuItem,
            PageTab,
            Section,
            Tile,
            register_menu,
            register_tab,
            register_tile,
        )

        register_list(narrowed)
        every(30, "lantai.apps.catalogue.services.tell_matches_now")
        _count_fields()
        register_source("catalogue", queries.search_documents, queries.ids_after)
        register_source(leaves.SOURCE, leaves.page_documents, queries.ids_after, follows="catalogue")
        subscribe(TextsRead, "lantai.apps.catalogue.subscribers.on_texts_read")
        subscribe(SearchedFieldsChanged, "lantai.apps.catalogue.subscribers.on_searched_fields_changed")
        register_holder("catalogue", AccessPoints())
        tab = ("authorities:authority", _("有关的档案"), "catalogue:authority_records", (P.ITEM_READ,), 10)
        register_tab(PageTab(*tab), PageTab("holdings:fonds", _("全宗目录"), "catalogue:tree", order=20))
        register_menu(
            MenuItem(Section.KEEP, _("目录"), "catalogue:list", (P.ITEM_READ,), order=20, icon="list"),
            MenuItem(Section.USE, _("检索"), "catalogue:search", order=10, icon="search"),
        )
        register_tile(
            Tile(
                "catalogue.items",
                _("馆（室）藏件数"),
                queries.count_items,
                "catalogue:list",
                permissions=(P.ITEM_READ,),
                order=10,
                unit=_("件"),
            )
        )


def _count_fields() -> None:
    """Tell the designer of kinds in which fields something was written."""
    from lantai.apps.catalogue.queries.wording import count_values
    from lantai.apps.kinds.services import register_counter

    register_counter(count_values)
