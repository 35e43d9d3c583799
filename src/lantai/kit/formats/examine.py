"""Is the file whole, readable and harmless? One question, answered by the examiner of its format.

Run it in the sandbox: every examiner reads bytes that a stranger wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.errors import N_
from lantai.kit.formats.identify import EMPTY_FILE, Basis, Identified, identify
from lantai.kit.formats.images import examine_image
from lantai.kit.formats.ofd.examination import examine_ofd
from lantai.kit.formats.office import examine_ole, examine_zip
from lantai.kit.formats.own import EEP, OFD
from lantai.kit.formats.pdfs import examine_pdf
from lantai.kit.formats.remarks import Examination, Remark, State
from lantai.kit.formats.sounds import examine_wav
from lantai.kit.formats.texts import examine_text, examine_xml

Examiner = Callable[[Path, str], Examination]

NO_EXAMINER = Remark("unsupported", N_("暂不支持检查“%(name)s”格式的内容，只识别了格式。"), {"name": ""})
ONLY_BEGINS = Remark(
    "only-begins", N_("文件开头像某种已知格式，但缺少这种格式应有的其他特征，很可能不完整。")
)

_BY_PUID: dict[str, Examiner] = {
    OFD.puid: examine_ofd,
    EEP.puid: examine_xml,
    "fmt/101": examine_xml,
    "x-fmt/111": examine_text,
    "fmt/1149": examine_text,
    "x-fmt/18": examine_text,
    "x-fmt/263": partial(examine_zip, is_document=False),
    "fmt/111": examine_ole,
}
# PRONOM asks many formats for their end too, so a cut-off file has no signature: its beginning still tells.
_BY_BEGINNING: tuple[tuple[bytes, Examiner], ...] = (
    (b"%PDF-", examine_pdf),
    (b"\x89PNG\r\n", examine_image),
    (b"\xff\xd8\xff", examine_image),
    (b"II*\x00", examine_image),
    (b"MM\x00*", examine_image),
    (b"RIFF", examine_wav),
    (b"PK\x03\x04", partial(examine_zip, is_document=False)),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", examine_ole),
    (b"<?xml", examine_xml),
)
_BY_MIME: tuple[tuple[str, Examiner], ...] = (
    ("application/pdf", examine_pdf),
    ("image/jpeg", examine_image),
    ("image/tiff", examine_image),
    ("image/png", examine_image),
    ("image/jp2", examine_image),
    ("image/bmp", examine_image),
    ("image/gif", examine_image),
    ("audio/x-wav", examine_wav),
    ("application/vnd.openxmlformats-officedocument", partial(examine_zip, is_document=True)),
    ("application/vnd.oasis.opendocument", partial(examine_zip, is_document=True)),
    ("application/msword", examine_ole),
    ("application/vnd.ms-", examine_ole),
    ("text/plain", examine_text),
)


def examine(path: str | Path, *, name: str = "", trust: CertificateTrust = NO_TRUST) -> Examination:
    """What the file is and whether it is whole; unknown formats are ``unsupported``, never ``ok``.

    ``name`` is what the file is called where it lies under another name; ``trust`` judges the certificates
    of the signatures in it.

    Raises OSError when the file cannot be read.
    """
    path = Path(path)
    return examine_identified(path, identify(path, name=name), trust=trust)


def examine_identified(
    path: Path, identified: Identified, *, trust: CertificateTrust = NO_TRUST
) -> Examination:
    """As ``examine``, of a file whose format is known already."""
    if path.stat().st_size == 0:
        return Examination(identified.puid, State.EMPTY, problems=(EMPTY_FILE,))
    examiner = examiner_for(identified)
    if examiner is None and (by_beginning := _by_beginning(path)) is not None:
        return _without_signature(by_beginning(path, identified.puid), identified)
    if examiner is None:
        problem = replace(NO_EXAMINER, params={"name": identified.name or path.suffix})
        return Examination(identified.puid, State.UNSUPPORTED, problems=(problem, *identified.warnings))
    found = examiner(path, identified.puid)
    return replace(found, problems=(*found.problems, *identified.warnings))


def _by_beginning(path: Path) -> Examiner | None:
    with path.open("rb") as file:
        head = file.read(16)
    return next((examiner for mark, examiner in _BY_BEGINNING if head.startswith(mark)), None)


def _without_signature(found: Examination, identified: Identified) -> Examination:
    """A file that only begins like its format: never whole, even where its parser is content."""
    state = State.TRUNCATED if found.state is State.OK else found.state
    return replace(found, state=state, problems=(*found.problems, ONLY_BEGINS, *identified.warnings))


def examiner_for(identified: Identified) -> Examiner | None:
    """The examiner of a format; a guess from the extension is trusted for plain text only."""
    by_puid = _BY_PUID.get(identified.puid)
    if identified.basis is Basis.EXTENSION:
        return examine_text if by_puid is examine_text or identified.mime.startswith("text/") else None
    if by_puid is not None:
        return by_puid
    return next((examiner for mime, examiner in _BY_MIME if mime in identified.mime), None)
