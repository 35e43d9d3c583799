"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.pictures.views import images, manifests, viewer

app_name = "pictures"
_PAGE = "iiif/3/<int:item_id>-<int:file_id>-<int:page>"
_PERMANENT = "iiif/presentation/3/<str:archives>/<str:permanent>"
urlpatterns = [
    path(_PAGE, images.service, name="service"),
    path(f"{_PAGE}/info.json", images.info, name="info"),
    path(
        f"{_PAGE}/<str:region>/<str:size>/<str:rotation>/<str:quality>.<str:fmt>", images.image, name="image"
    ),
    path("iiif/presentation/3/<int:item_id>/manifest.json", manifests.manifest_of_row, name="row_manifest"),
    path(
        "iiif/presentation/3/<int:item_id>/collection.json",
        manifests.collection_of_row,
        name="row_collection",
    ),
    path(
        "iiif/presentation/3/fonds/<int:fonds_id>/collection.json", manifests.fonds_collection, name="fonds"
    ),
    path(f"{_PERMANENT}/manifest.json", manifests.manifest, name="manifest"),
    path(f"{_PERMANENT}/collection.json", manifests.collection, name="collection"),
    path("pictures/<int:item_id>/", viewer.viewer, name="viewer"),
]
