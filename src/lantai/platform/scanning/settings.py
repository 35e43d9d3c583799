"""Which scanner an installation has, read from Django and defaulted where it is silent."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings as django_settings


@dataclass(frozen=True, slots=True)
class ScanningSettings:
    """``LANTAI_CLAMD`` (path of a socket or ``host:port``, "" for none), ``LANTAI_CLAMD_MAX_AGE_DAYS``."""

    clamd: str = ""
    most_days: int = 7


def current() -> ScanningSettings:
    """The settings of this installation."""
    default = ScanningSettings()
    return ScanningSettings(
        clamd=getattr(django_settings, "LANTAI_CLAMD", default.clamd),
        most_days=getattr(django_settings, "LANTAI_CLAMD_MAX_AGE_DAYS", default.most_days),
    )
