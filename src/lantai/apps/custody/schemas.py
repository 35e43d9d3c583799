"""What the API of this app answers."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema
from pydantic import Field


class PackageOut(Schema):
    """A sealed package."""

    id: int
    object_id: str
    title: str
    item_count: int
    file_count: int
    byte_count: int
    inventory_sha512: str
    stored_at: datetime


class PackageFileOut(Schema):
    """A file of a package with its digests."""

    id: int
    item_key: str
    logical_path: str
    original_name: str
    role: str
    size_bytes: int
    sha256: str
    sha512: str
    sm3: str
    puid: str
    is_intact: bool
    checked_at: datetime | None = Field(None, validation_alias="read_at")


class BundleIn(Schema):
    """Of which package, or of which item of it, a bundle is wanted."""

    package_id: int
    item_key: str = ""


class BundleOut(Schema):
    """An evidence bundle."""

    id: int
    package_id: int
    item_key: str
    title: str
    standing: str
    file_count: int
    size_bytes: int | None
    sha256: str
    asked_at: datetime
    made_at: datetime | None
    expires_at: datetime
