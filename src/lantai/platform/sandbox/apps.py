"""Wiring of the sandbox: it has no models, no pages and nothing to start; workers start at the first call."""

from __future__ import annotations

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "lantai.platform.sandbox"
    label = "sandbox"
