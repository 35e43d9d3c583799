"""What an installation may set, read from Django when it is there and defaulted where it is silent."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings as django_settings


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """``LANTAI_SANDBOX_WORKERS``, ``…_CONFINEMENT`` (``auto`` or a slug of the walls), ``…_PRELOAD``."""

    workers: int = field(default_factory=lambda: min(2, os.cpu_count() or 1))
    confinement: str = "auto"
    preload: Sequence[str] = ("lantai.kit.formats",)


def current() -> SandboxSettings:
    """The settings of this installation."""
    default = SandboxSettings()
    return SandboxSettings(
        workers=getattr(django_settings, "LANTAI_SANDBOX_WORKERS", default.workers),
        confinement=getattr(django_settings, "LANTAI_SANDBOX_CONFINEMENT", default.confinement),
        preload=getattr(django_settings, "LANTAI_SANDBOX_PRELOAD", default.preload),
    )
