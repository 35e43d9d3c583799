"""API of this app."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router

from lantai.apps.custody import evidence, queries, services
from lantai.apps.custody.models import ContentFile, EvidenceBundle, Package
from lantai.apps.custody.permissions import P
from lantai.apps.custody.schemas import BundleIn, BundleOut, PackageFileOut, PackageOut
from lantai.platform.gates import needs

router = Router(tags=["custody"])
MOST = 500


@router.get("/packages", response=list[PackageOut], summary="信息包")
@needs(P.PACKAGE_READ)
def packages(request: HttpRequest, after: int = 0, limit: int = Query(100, ge=1, le=MOST)) -> list[Package]:
    """Packages in id order; pass the last id as ``after`` for the next page."""
    return list(queries.visible(request.ctx).filter(pk__gt=after).order_by("pk")[:limit])  # type: ignore[attr-defined]


@router.get("/packages/{package_id}/files", response=list[PackageFileOut], summary="信息包中的文件")
@needs(P.PACKAGE_READ)
def files(
    request: HttpRequest, package_id: int, after: int = 0, limit: int = Query(100, ge=1, le=MOST)
) -> list[ContentFile]:
    """Files of one package in id order."""
    row = queries.get(request.ctx, package_id)  # type: ignore[attr-defined]
    return list(queries.content_files(row.pk).filter(pk__gt=after).order_by("pk")[:limit])


@router.get("/bundles", response=list[BundleOut], summary="证据包")
@needs(P.BUNDLE_MAKE)
def bundles(
    request: HttpRequest, after: int = 0, limit: int = Query(100, ge=1, le=MOST)
) -> list[EvidenceBundle]:
    """Evidence bundles in id order; pass the last id as ``after`` for the next page."""
    rows = evidence.visible_bundles(request.ctx)  # type: ignore[attr-defined]
    return list(rows.filter(pk__gt=after).order_by("pk")[:limit])


@router.post("/bundles", response={201: BundleOut})
@needs(P.BUNDLE_MAKE)
def make_bundle(request: HttpRequest, wanted: BundleIn) -> tuple[int, EvidenceBundle]:
    """Begin the making of a bundle; ask for it again by its id until it is ready."""
    ctx = request.ctx  # type: ignore[attr-defined]
    return 201, services.ask_for_bundle(ctx, package_id=wanted.package_id, item_key=wanted.item_key)


@router.get("/bundles/{bundle_id}", response=BundleOut, summary="一个证据包")
@needs(P.BUNDLE_MAKE)
def bundle(request: HttpRequest, bundle_id: int) -> EvidenceBundle:
    """One bundle with its standing."""
    return evidence.get_bundle(request.ctx, bundle_id)  # type: ignore[attr-defined]
