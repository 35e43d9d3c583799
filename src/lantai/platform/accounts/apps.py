"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, machines, roles, rules."""

    name = "lantai.platform.accounts"
    label = "accounts"
