"""Certificates and what they lie in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from django.db.models import QuerySet

from lantai.apps.readingroom.models import Certificate, CertificateDraft
from lantai.apps.readingroom.permissions import P
from lantai.platform.accounts import policy
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx

READ_CERTIFICATE = policy.Granted(P.REQUEST_READ, "request__archives_id")


def visible_certificates(ctx: Ctx) -> QuerySet[Certificate]:
    """Certificates of the archives where the actor may read requests."""
    rows = Certificate.objects.select_related("request", "request__archives")
    return policy.visible(rows, READ_CERTIFICATE, ctx.actor)


def get_certificate(ctx: Ctx, certificate_id: int) -> Certificate:
    """One certificate, or ``Missing``."""
    return policy.one(visible_certificates(ctx), pk=certificate_id)


def certificate_of(request_id: int) -> Certificate | None:
    """The certificate that answers a request; the caller has checked that it may be seen."""
    return Certificate.objects.filter(request_id=request_id).first()


def certificate_by_code(check_code: str) -> Certificate | None:
    """The certificate with that check code, which whoever holds the paper can read on it."""
    rows = Certificate.objects.select_related("request", "request__archives")
    return rows.filter(check_code=check_code).first()


def certificate_by_number(number: str) -> Certificate | None:
    """The certificate of that number."""
    rows = Certificate.objects.select_related("request", "request__archives")
    return rows.filter(number=number).first()


def draft_of(request_id: int) -> CertificateDraft | None:
    """What has been made so far of a request's certificate."""
    return CertificateDraft.objects.filter(request_id=request_id).first()


def open_pdf(row: Certificate) -> BinaryIO:
    """The signed file; close it."""
    return blobs.open_blob(row.blob_key)


def keys_in_use(keys: Sequence[str]) -> set[str]:
    """Those contents that certificates, or drafts of them, still need."""
    signed = Certificate.objects.filter(blob_key__in=keys).values_list("blob_key", flat=True)
    drafted = CertificateDraft.objects.filter(base_key__in=keys).values_list("base_key", flat=True)
    return {*signed, *drafted}
