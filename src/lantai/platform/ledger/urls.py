"""The published log, to be included at `log/`."""

from __future__ import annotations

from django.urls import path

from lantai.kit.evidence.merkle import SM3
from lantai.platform.ledger import views

app_name = "log"
urlpatterns = [
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("keys", views.keys, name="keys"),
    path("trust.txt", views.trust, name="trust"),
    path("tile/<path:path>", views.tile, name="tile"),
    path("sm3/tile/<path:path>", views.tile, {"algorithm": SM3}, name="sm3-tile"),
]
