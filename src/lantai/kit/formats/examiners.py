"""Which examiner reads which format, by PUID, media type or, where a signature is missing, by the first bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from lantai.kit.crypto.trust import CertificateTrust
from lantai.kit.formats.compounds import examine_ole
from lantai.kit.formats.identify import Basis, Identified
from lantai.kit.formats.images import examine_image
from lantai.kit.formats.mail import examine_mail
from lantai.kit.formats.media.examination import examine_media
from lantai.kit.formats.models3d import examine_glb, examine_gltf
from lantai.kit.formats.ofd.examination import examine_ofd
from lantai.kit.formats.office import examine_archive, examine_package
from lantai.kit.formats.own import EEP, EINVOICE, OFD
from lantai.kit.formats.pdf_examination import examine_pdf
from lantai.kit.formats.remarks import Examination
from lantai.kit.formats.texts import examine_csv, examine_html, examine_text, examine_xml


class Examiner(Protocol):
    """Examines a file of a format, by its PUID; the signatures in it by ``trust``, and its words where wanted."""

    def __call__(
        self, path: Path, puid: str, trust: CertificateTrust, *, wants_text: bool = ...
    ) -> Examination: ...


def _plain(examiner: Callable[[Path, str], Examination]) -> Examiner:
    def examine(path: Path, puid: str, trust: CertificateTrust, *, wants_text: bool = True) -> Examination:
        return examiner(path, puid)

    return examine


def _pdf(path: Path, puid: str, trust: CertificateTrust, *, wants_text: bool = True) -> Examination:
    return examine_pdf(path, puid, trust)  # whose words are read in any case: they tell an invoice


_image, _text, _xml = _plain(examine_image), _plain(examine_text), _plain(examine_xml)
_html, _csv, _mail = _plain(examine_html), _plain(examine_csv), _plain(examine_mail)
_glb, _gltf, _media = _plain(examine_glb), _plain(examine_gltf), _plain(examine_media)
_ole, _zip, _office = _plain(examine_ole), _plain(examine_archive), _plain(examine_package)

_BY_PUID: dict[str, Examiner] = {
    OFD.puid: examine_ofd,
    EEP.puid: _xml,
    EINVOICE.puid: _xml,
    "fmt/101": _xml,
    "x-fmt/111": _text,
    "fmt/1149": _text,
    "x-fmt/18": _csv,
    "x-fmt/263": _zip,
    "fmt/111": _ole,
    "fmt/134": _media,
    "fmt/566": _image,
    "fmt/567": _image,
    "fmt/568": _image,
    "fmt/569": _media,
    "fmt/278": _mail,
    "fmt/950": _mail,
    "fmt/1316": _glb,
    "fmt/1315": _gltf,
    "x-fmt/384": _media,
    "fmt/585": _media,
    "fmt/133": _media,
    "fmt/414": _media,
    "x-fmt/135": _media,
    "x-fmt/136": _media,
    "fmt/199": _media,
}
# PRONOM asks many formats for their end too, so a cut-off file has no signature: its beginning still tells.
_BY_BEGINNING: tuple[tuple[bytes, Examiner], ...] = (
    (b"%PDF-", _pdf),
    (b"\x89PNG\r\n", _image),
    (b"\xff\xd8\xff", _image),
    (b"II*\x00", _image),
    (b"MM\x00*", _image),
    (b"GIF8", _image),
    (b"\x00\x00\x00\x0cjP", _image),
    (b"\xff\x4f\xff\x51", _image),
    (b"RIFF", _media),
    (b"RF64", _media),
    (b"ID3", _media),
    (b"fLaC", _media),
    (b"OggS", _media),
    (b"\x1aE\xdf\xa3", _media),
    (b"\xff\xfb", _media),
    (b"\xff\xf1", _media),
    (b"\xff\xf9", _media),
    (b"glTF", _glb),
    (b"PK\x03\x04", _zip),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _ole),
    (b"<?xml", _xml),
)
_BY_MIME: tuple[tuple[str, Examiner], ...] = (
    ("application/pdf", _pdf),
    ("image/svg", _xml),
    ("image/jpeg", _image),
    ("image/tiff", _image),
    ("image/png", _image),
    ("image/jp2", _image),
    ("image/bmp", _image),
    ("image/gif", _image),
    ("image/webp", _image),
    ("audio/", _media),
    ("video/", _media),
    ("application/mp4", _media),
    ("application/ogg", _media),
    ("model/gltf-binary", _glb),
    ("model/gltf+json", _gltf),
    ("message/rfc822", _mail),
    ("application/vnd.openxmlformats-officedocument", _office),
    ("application/vnd.oasis.opendocument", _office),
    ("macroEnabled", _office),
    ("application/msword", _ole),
    ("application/vnd.ms-", _ole),
    ("text/html", _html),
    ("application/xhtml", _html),
    ("text/xml", _xml),
    ("application/xml", _xml),
    ("text/csv", _csv),
    ("text/plain", _text),
)
_TEXTS = frozenset({_text, _csv, _html, _xml, _mail})


def examiner_for(identified: Identified) -> Examiner | None:
    """The examiner of a format; a guess from the extension is trusted for texts only."""
    found = _BY_PUID.get(identified.puid) or next(
        (e for mime, e in _BY_MIME if mime in identified.mime), None
    )
    if identified.basis is not Basis.EXTENSION:
        return found
    return found if found in _TEXTS else _text if identified.mime.startswith("text/") else None


def examiner_by_beginning(head: bytes) -> Examiner | None:
    """The examiner of a file whose format has no signature in it, by its first bytes."""
    if head[4:8] == b"ftyp":
        return _media
    return next((examiner for mark, examiner in _BY_BEGINNING if head.startswith(mark)), None)
