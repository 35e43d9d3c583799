"""Descriptions by their reference codes, for those who bring rows from outside."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lantai.apps.catalogue.models import Description

Key = tuple[int, str, str]  # fonds, level, reference code


def by_codes(fonds_ids: Collection[int], codes: Sequence[str]) -> dict[Key, Description]:
    """The descriptions of these fonds that have one of the codes, whoever keeps them.

    For services that must tell a taken code from a free one; nothing of a foreign row is shown.
    """
    rows = Description.objects.filter(fonds_id__in=list(fonds_ids), reference_code__in=list(codes))
    return {(row.fonds_id, row.level, row.reference_code): row for row in rows}
