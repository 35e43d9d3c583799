"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.interop.views import ids, oai

app_name = "interop"
urlpatterns = [
    path("oai", oai.oai, name="oai"),
    path("id/<str:archives>/<str:permanent>", ids.permanent, name="permanent"),
]
