"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.interop.views import channels, ids, oai, sources

app_name = "interop"
urlpatterns = [
    path("oai", oai.oai, name="oai"),
    path("id/<str:archives>/<str:permanent>", ids.permanent, name="permanent"),
    path("id/<str:archives>/<str:permanent>/qr.svg", ids.qr, name="qr"),
    path("interop/sources/", sources.sources, name="sources"),
    path("interop/sources/new/", sources.register_source, name="register_source"),
    path("interop/sources/<int:source_id>/", sources.source, name="source"),
    path("interop/sources/<int:source_id>/edit/", sources.revise_source, name="revise_source"),
    path("interop/sources/<int:source_id>/harvest/", sources.start_harvest, name="start_harvest"),
    path("interop/sources/<int:source_id>/remove/", sources.remove_source, name="remove_source"),
    path("interop/foreign/", sources.foreign_records, name="foreign_records"),
    path("interop/foreign/<int:foreign_id>/", sources.foreign, name="foreign"),
    path("interop/channels/", channels.channels, name="channels"),
    path("interop/channels/new/", channels.register_channel, name="register_channel"),
    path("interop/channels/<int:channel_id>/", channels.channel, name="channel"),
    path("interop/channels/<int:channel_id>/edit/", channels.revise_channel, name="revise_channel"),
    path("interop/channels/<int:channel_id>/report/", channels.start_report, name="start_report"),
]
