"""Search as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Puts the built-in engine where other engines may be added, and keeps the feed short."""

    name = "lantai.platform.search"

    def ready(self) -> None:
        from lantai.platform.jobs.registry import every
        from lantai.platform.search import registry
        from lantai.platform.search.tantivy_engine import TantivyEngine

        registry.register_engine("tantivy", TantivyEngine)
        every(3600, "lantai.platform.search.services.prune_now")
