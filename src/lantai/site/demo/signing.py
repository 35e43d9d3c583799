"""The made-up office whose key and seal are on the demo's documents; its certificate is trusted nowhere else."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw

from lantai.kit.crypto.issuing import IssuedKey, make_authority, make_certified
from lantai.kit.formats.ofd.sealing import SealPicture, make_seal

_BEGIN, _END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)


@cache
def _authority() -> IssuedKey:
    return make_authority("样例发证机构", algorithm="sm2-sm3", not_before=_BEGIN, not_after=_END)


@cache
def office_key() -> IssuedKey:
    """A key of a sample agency under the sample authority; new in every run."""
    return make_certified("样例单位签名", issuer=_authority(), not_before=_BEGIN, not_after=_END)


@cache
def office_seal() -> bytes:
    """The electronic seal (GB/T 38540) of the sample agency, for its key alone, made by the sample authority."""
    return make_seal(
        SealPicture("png", _ring(), 40, 40),
        name="样例单位电子印章（样例）",
        seal_id="LANTAI-SAMPLE-1",
        maker=make_certified("样例制章机构", issuer=_authority(), not_before=_BEGIN, not_after=_END),
        signers=[office_key().certificate],
        valid_from=_BEGIN,
        valid_to=_END,
    )


def _ring() -> bytes:
    """A red ring with a bar: evidently nobody's seal."""
    picture, out = Image.new("RGBA", (400, 400), (255, 255, 255, 0)), io.BytesIO()
    red = (200, 30, 30, 220)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((12, 12, 388, 388), outline=red, width=16)
    pen.rectangle((120, 190, 280, 210), fill=red)
    picture.save(out, "PNG")
    return out.getvalue()


def trust_authority(folder: Path) -> None:
    """Lay the authority's certificate into the folder of trusted ones, for this demo alone."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sample-authority.cer").write_bytes(_authority().certificate)
