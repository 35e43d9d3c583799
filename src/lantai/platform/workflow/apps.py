"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    """State tables, transitions, clocks and the inbox."""

    name = "lantai.platform.workflow"
    label = "workflow"
