"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TopicsConfig(AppConfig):
    """Topic databases."""

    name = "lantai.apps.topics"
    label = "topics"

    def ready(self) -> None:
        from lantai.apps.catalogue.services import register_kept, register_reading, register_topics
        from lantai.apps.topics import jobs as jobs  # declares its kind of run
        from lantai.apps.topics import queries
        from lantai.apps.topics.permissions import P
        from lantai.platform.jobs.registry import every
        from lantai.platform.ui.registry import MenuItem, Section, register_menu

        register_topics("topics", queries.facet_names)
        register_reading("topics", queries.facet_shown, queries.facet_meant)
        register_kept("topics", queries.titles, queries.gathered)
        every(10, "lantai.apps.topics.services.follow_now")
        register_menu(
            MenuItem(Section.USE, _("专题库"), "topics:topics", (P.TOPIC_READ,), order=15, icon="bookmark")
        )
