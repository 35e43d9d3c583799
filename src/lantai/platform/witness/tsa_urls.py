"""Our time-stamping service, whose addresses are `/tsa` and what lies below."""

from __future__ import annotations

from django.urls import path

from lantai.platform.witness.views import machines

app_name = "tsa"
urlpatterns = [
    path("tsa", machines.stamp, name="stamp"),
    path("tsa/authority.pem", machines.authority, name="authority"),
]
