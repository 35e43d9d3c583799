"""The roles that the composition root declares, by slug."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from lantai.platform.accounts.types import Role


@cache
def roles() -> Mapping[str, Role]:
    """All roles by slug."""
    declared: tuple[Role, ...] = import_string(settings.LANTAI_ROLES)
    return {role.slug: role for role in declared}
