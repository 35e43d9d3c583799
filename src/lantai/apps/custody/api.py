"""API of this app."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router

from lantai.apps.custody import queries
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.custody.permissions import P
from lantai.apps.custody.schemas import FileOut, PackageOut
from lantai.platform.gates import needs

router = Router(tags=["custody"])
MOST = 500


@router.get("/packages", response=list[PackageOut], summary="信息包")
@needs(P.PACKAGE_READ)
def packages(request: HttpRequest, after: int = 0, limit: int = Query(100, ge=1, le=MOST)) -> list[Package]:
    """Packages in id order; pass the last id as ``after`` for the next page."""
    return list(queries.visible(request.ctx).filter(pk__gt=after).order_by("pk")[:limit])  # type: ignore[attr-defined]


@router.get("/packages/{package_id}/files", response=list[FileOut], summary="信息包中的文件")
@needs(P.PACKAGE_READ)
def files(
    request: HttpRequest, package_id: int, after: int = 0, limit: int = Query(100, ge=1, le=MOST)
) -> list[ContentFile]:
    """Files of one package in id order."""
    row = queries.get(request.ctx, package_id)  # type: ignore[attr-defined]
    return list(queries.content_files(row.pk).filter(pk__gt=after).order_by("pk")[:limit])
