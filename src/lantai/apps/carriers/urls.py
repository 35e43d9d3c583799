"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.carriers import views

app_name = "carriers"
urlpatterns = [
    path("", views.carriers, name="carriers"),
    path("new/", views.register, name="register"),
    path("<int:carrier_id>/", views.carrier, name="carrier"),
    path("<int:carrier_id>/edit/", views.revise, name="revise"),
    path("<int:carrier_id>/inspect/", views.inspect, name="inspect"),
    path("<int:carrier_id>/move/<slug:move>/", views.move, name="move"),
]
