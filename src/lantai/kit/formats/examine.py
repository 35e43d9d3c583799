"""Is the file whole, readable and harmless? One question, answered by the examiner of its format.

Run it in the sandbox: every examiner reads bytes that a stranger wrote.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.errors import N_
from lantai.kit.formats.ends import Ends, ends_of
from lantai.kit.formats.examiners import Examiner, examiner_by_beginning, examiner_for
from lantai.kit.formats.identify import EMPTY_FILE, Basis, Identified, identify_ends
from lantai.kit.formats.ofd.examination import examine_ofd
from lantai.kit.formats.polyglots import without_second_face
from lantai.kit.formats.remarks import Examination, Remark, State
from lantai.kit.formats.zips import CappedZip, KeptZip

NO_EXAMINER = Remark("unsupported", N_("暂不支持检查“%(name)s”格式的内容，只识别了格式。"), {"name": ""})
ONLY_BEGINS = Remark(
    "only-begins", N_("文件开头像某种已知格式，但缺少这种格式应有的其他特征，很可能不完整。")
)


def examine(path: str | Path, *, name: str = "", trust: CertificateTrust = NO_TRUST) -> Examination:
    """What the file is and whether it is whole; unknown formats are ``unsupported``, never ``ok``.

    ``name`` is what the file is called where it lies under another name; ``trust`` judges the certificates
    of the signatures in it.

    Raises OSError when the file cannot be read.
    """
    path = Path(path)
    ends, name = ends_of(path), name or path.name
    with KeptZip() as kept:
        identified = identify_ends(ends, lambda: path.open("rb"), name=name, kept=kept)
        return examine_identified(path, ends, identified, name=name, trust=trust, archive=kept.archive)


def examine_identified(
    path: Path,
    ends: Ends,
    identified: Identified,
    *,
    name: str = "",
    trust: CertificateTrust = NO_TRUST,
    wants_text: bool = True,
    archive: CappedZip | None = None,
) -> Examination:
    """As ``examine``, of a file whose ends were read and whose format is known already.

    Without ``wants_text`` no words are put together where that is work of its own; ``archive`` is an OFD that
    is open still since it was identified.
    """
    if ends.size == 0:
        return Examination(identified.puid, State.EMPTY, problems=(EMPTY_FILE,))
    extension = (name or path.name).rpartition(".")[2].lower()
    examiner = examiner_for(identified) if archive is None else partial(examine_ofd, archive=archive)
    found = _found(path, ends, identified, trust, examiner, wants_text=wants_text)
    return without_second_face(found, ends, identified, extension)


def _found(
    path: Path,
    ends: Ends,
    identified: Identified,
    trust: CertificateTrust,
    examiner: Examiner | None,
    *,
    wants_text: bool,
) -> Examination:
    if examiner is not None:
        found = examiner(path, identified.puid, trust, wants_text=wants_text)
        return replace(found, problems=(*found.problems, *identified.warnings))
    begins_like = examiner_by_beginning(ends.head)
    if begins_like is not None:
        found = begins_like(path, identified.puid, trust, wants_text=wants_text)
        if identified.basis in {Basis.SIGNATURE, Basis.CONTAINER}:
            return replace(found, problems=(*found.problems, *identified.warnings))
        return _without_signature(found, identified)
    problem = replace(NO_EXAMINER, params={"name": identified.name or path.suffix})
    return Examination(identified.puid, State.UNSUPPORTED, problems=(problem, *identified.warnings))


def _without_signature(found: Examination, identified: Identified) -> Examination:
    """A file that only begins like its format: never whole, even where its parser is content."""
    state = State.TRUNCATED if found.state is State.OK else found.state
    return replace(found, state=state, problems=(*found.problems, ONLY_BEGINS, *identified.warnings))
