"""Every write of the catalogue."""

from __future__ import annotations

from lantai.apps.catalogue.services.registering import change_custodian, register

__all__ = ["change_custodian", "register"]
