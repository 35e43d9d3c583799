"""Content storage as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class BlobsConfig(AppConfig):
    """Puts the built-in stores where other stores may be added."""

    name = "lantai.platform.blobs"

    def ready(self) -> None:
        from lantai.platform.blobs import registry
        from lantai.platform.blobs.s3 import BucketStore
        from lantai.platform.blobs.stores import FolderStore

        registry.register_store("file", FolderStore.from_url)
        registry.register_store("s3", BucketStore.from_url)
