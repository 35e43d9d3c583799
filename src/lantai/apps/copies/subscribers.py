"""Reactions to what happens below."""

from __future__ import annotations

from lantai.apps.copies import services
from lantai.apps.copies.events import PolicyChanged
from lantai.apps.copies.types import SyncCopies
from lantai.apps.custody.events import ContentDestroyed, PackageSealed, VersionAdded
from lantai.platform.context import Ctx
from lantai.platform.desk.events import PlaceFoundAgain
from lantai.platform.jobs import services as jobs


def on_package_sealed(ctx: Ctx, event: PackageSealed) -> None:
    """A new package is wanted wherever its policy says."""
    services.sync(ctx, package_id=event.package_id)


def on_version_added(ctx: Ctx, event: VersionAdded) -> None:
    """Every copy follows its package."""
    services.sync(ctx, package_id=event.package_id)


def on_policy_changed(ctx: Ctx, event: PolicyChanged) -> None:
    """All packages may be concerned."""
    jobs.start(ctx, SyncCopies(), is_quiet=True)


def on_content_destroyed(ctx: Ctx, event: ContentDestroyed) -> None:
    """What is destroyed in the storage root goes from every copy, and from the quarantine."""
    services.forget_quarantined(package_id=event.package_id)
    services.sync(ctx, package_id=event.package_id)
    services.follow_destruction(ctx, package_id=event.package_id)


def on_place_found_again(ctx: Ctx, event: PlaceFoundAgain) -> None:
    """A disk that was away may have been dropped, exchanged or set back: a sample of it is read at once."""
    services.read_after_outage(ctx, place_id=event.place_id)
