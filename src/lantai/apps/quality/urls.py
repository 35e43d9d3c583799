"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.quality import views

app_name = "quality"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("count/", views.count_all, name="count_all"),
    path("mend/", views.mend, name="mend"),
    path("<int:fonds_id>/", views.fonds, name="fonds"),
    path("<int:fonds_id>/count/", views.count, name="count"),
    path("<int:fonds_id>/findings/", views.findings, name="findings"),
    path("<int:fonds_id>/lacking/<slug:what>/", views.lacking, name="lacking"),
]
