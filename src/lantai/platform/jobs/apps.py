"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Runs of long acts."""

    name = "lantai.platform.jobs"
    label = "jobs"
