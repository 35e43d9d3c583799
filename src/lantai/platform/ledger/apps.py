"""The ledger as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """Entries of acts and the log that proves them."""

    name = "lantai.platform.ledger"
    label = "ledger"
    verbose_name = _("操作日志")
