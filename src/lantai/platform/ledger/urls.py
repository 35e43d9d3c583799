"""The published log, to be included at `log/`."""

from __future__ import annotations

from django.urls import path

from lantai.platform.ledger import views

app_name = "log"
urlpatterns = [
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("trust.txt", views.trust, name="trust"),
    path("tile/<path:path>", views.tile, name="tile"),
]
