"""The two lists of this app, one beside the other."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from lantai.platform.ui.types import Tab


def tabs(here: str) -> list[Tab]:
    """Formats and plans."""
    return [
        Tab(_("馆藏格式"), reverse("migration:formats"), is_current=here == "formats"),
        Tab(_("迁移方案"), reverse("migration:plans"), is_current=here == "plans"),
    ]
