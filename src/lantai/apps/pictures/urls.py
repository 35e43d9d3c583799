"""Addresses of this app."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from lantai.apps.pictures.types import NAME
from lantai.apps.pictures.views import former, images, manifests, viewer


class PictureConverter(StringConverter):
    """A page by its permanent name."""

    regex = NAME


register_converter(PictureConverter, "picture")
app_name = "pictures"
_PAGE = "iiif/3/<picture:picture>"
_FORMER = "iiif/3/<int:item_id>-<int:file_id>-<int:page>"
_PERMANENT = "iiif/presentation/3/<str:archives>/<str:permanent>"
urlpatterns = [
    path(_PAGE, images.service, name="service"),
    path(f"{_PAGE}/info.json", images.info, name="info"),
    path(
        f"{_PAGE}/<str:region>/<str:size>/<str:rotation>/<str:quality>.<str:fmt>", images.image, name="image"
    ),
    path(_FORMER, former.picture, name="former_service"),
    path(f"{_FORMER}/<path:rest>", former.picture, name="former_picture"),
    path("iiif/presentation/3/<int:item_id>/manifest.json", former.manifest, name="former_manifest"),
    path("iiif/presentation/3/<int:item_id>/collection.json", former.collection, name="former_collection"),
    path("iiif/presentation/3/fonds/<int:fonds_id>/collection.json", former.fonds, name="former_fonds"),
    path(
        "iiif/presentation/3/fonds/<str:archives>/<str:code>/collection.json",
        manifests.fonds_collection,
        name="fonds",
    ),
    path(f"{_PERMANENT}/manifest.json", manifests.manifest, name="manifest"),
    path(f"{_PERMANENT}/collection.json", manifests.collection, name="collection"),
    path("pictures/<int:item_id>/", viewer.viewer, name="viewer"),
]
