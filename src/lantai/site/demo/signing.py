"""The made-up office whose key signs the demo's documents; its certificate is trusted nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from lantai.kit.crypto.issuing import IssuedKey, make_authority, make_certified

_BEGIN, _END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)


@cache
def _authority() -> IssuedKey:
    return make_authority("样例发证机构", algorithm="sm2-sm3", not_before=_BEGIN, not_after=_END)


@cache
def office_key() -> IssuedKey:
    """A key of a sample agency under the sample authority; new in every run."""
    return make_certified("样例单位签名", issuer=_authority(), not_before=_BEGIN, not_after=_END)


def trust_authority(folder: Path) -> None:
    """Lay the authority's certificate into the folder of trusted ones, for this demo alone."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sample-authority.cer").write_bytes(_authority().certificate)
