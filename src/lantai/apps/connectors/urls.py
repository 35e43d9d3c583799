"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.connectors.views import connectors, deliveries

app_name = "connectors"
urlpatterns = [
    path("", connectors.connectors, name="connectors"),
    path("new/", connectors.new, name="new"),
    path("<int:connector_id>/", connectors.connector, name="connector"),
    path("<int:connector_id>/change/", connectors.change, name="change"),
    path("<int:connector_id>/switch/", connectors.switch, name="switch"),
    path("<int:connector_id>/try/", connectors.try_source, name="try"),
    path("<int:connector_id>/token/", connectors.rotate, name="rotate"),
    path("<int:connector_id>/revoke/", connectors.revoke, name="revoke"),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("deliveries/<int:delivery_id>/", deliveries.delivery, name="delivery"),
    path("deliveries/<int:delivery_id>/manifest.json", deliveries.manifest, name="manifest"),
    path("deliveries/<int:delivery_id>/<slug:move>/", deliveries.move, name="move"),
    path("files/<int:deliveryfile_id>/", deliveries.file, name="file"),
]
