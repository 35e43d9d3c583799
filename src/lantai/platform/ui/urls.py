"""Addresses of the pages' own settings."""

from __future__ import annotations

from django.urls import path

from lantai.platform.ui import views

app_name = "ui"

urlpatterns = [
    path("appearance/", views.appearance, name="appearance"),
    path("tables/", views.arrange, name="arrange"),
    path("views/", views.saved_views, name="views"),
    path("views/save/", views.save_view, name="save_view"),
    path("views/delete/", views.delete_views, name="delete_views"),
    path("palette/", views.palette, name="palette"),
]
