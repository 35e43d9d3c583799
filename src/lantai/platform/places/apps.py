"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    """Where copies are kept."""

    name = "lantai.platform.places"
    label = "places"

    def ready(self) -> None:
        from lantai.platform.places.registry import register_kind
        from lantai.platform.places.stores import folder, media, s3

        register_kind("folder", folder.FolderPlace, label=_("文件夹"), check=folder.check_address)
        register_kind("s3", s3.S3Place, label=_("S3 对象存储"), check=s3.check_address)
        register_kind("media", media.MediaPlace, label=_("离线介质"), check=media.check_address)
