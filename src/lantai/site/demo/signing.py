"""The made-up office that signs and seals the demo's documents; its certificate is trusted nowhere else."""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw

from lantai.kit.crypto.issuing import IssuedKey, make_authority, make_certified
from lantai.kit.formats.ofd.container import opened_container
from lantai.kit.formats.ofd.document import read_document
from lantai.kit.formats.ofd.sealing import SealPicture, make_seal, seal_ofd, sign_ofd
from lantai.kit.formats.ofd.signed import Stamp

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


def signed(document: bytes) -> bytes:
    """The OFD document with a plain SM2 signature of the made-up office."""
    with tempfile.TemporaryDirectory(prefix="lantai-demo-") as folder:
        before, after = Path(folder) / "before.ofd", Path(folder) / "after.ofd"
        before.write_bytes(document)
        sign_ofd(before, after, key=office_key(), at=datetime(2025, 5, 20, 1, 0, tzinfo=UTC))
        return after.read_bytes()


def sealed(document: bytes, day: date) -> bytes:
    """The OFD document with the electronic seal of the made-up office on its first page."""
    with tempfile.TemporaryDirectory(prefix="lantai-demo-") as folder:
        before, after = Path(folder) / "before.ofd", Path(folder) / "after.ofd"
        before.write_bytes(document)
        stamp = Stamp(_first_page(before), (120, 150, 40, 40), None)
        at = datetime.combine(day, time(1, 0), tzinfo=UTC)
        seal_ofd(before, after, key=office_key(), seal=office_seal(), stamps=[stamp], at=at)
        return after.read_bytes()


def _first_page(path: Path) -> str:
    with opened_container(path) as container:
        return read_document(container).pages[0].id


def altered(document: bytes) -> bytes:
    """The document with a word changed in a page, as somebody does who knows nothing of its signature."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(document)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for entry in before.infolist():
            data = before.read(entry)
            if entry.filename.endswith("Content.xml"):
                data = data.replace("样例".encode(), "改动".encode())
            after.writestr(entry, data)
    return out.getvalue()


def trust_authority(folder: Path) -> None:
    """Lay the authority's certificate into the folder of trusted ones, for this demo alone.

    Beside those of earlier runs, which signed what is already taken in.
    """
    folder.mkdir(parents=True, exist_ok=True)
    certificate = _authority().certificate
    (folder / f"sample-authority-{hashlib.sha256(certificate).hexdigest()[:16]}.cer").write_bytes(certificate)
