"""All that is asked of a file when it arrives, in one visit to the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lantai.kit.crypto.signatures import SignatureFound
from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.errors import Refusal
from lantai.kit.formats.ends import Ends, ends_of
from lantai.kit.formats.examine import examine_identified
from lantai.kit.formats.identify import Identified, identify_ends
from lantai.kit.formats.opinion import remark_on, second_opinion, warm
from lantai.kit.formats.remarks import SAMPLE_CHARS, Examination, Fact, Remark, State
from lantai.kit.formats.render import text_of_identified
from lantai.kit.formats.zips import KeptZip

__all__ = ["Survey", "survey", "warm"]


@dataclass(frozen=True, slots=True)
class Survey:
    """Format, state, pages and text of one file; ``problems`` say why the state is not ``ok``.

    ``signatures`` is None where nobody looked for any; ``second_opinion`` is what another program takes the
    file for where it disagrees with ``puid``, else empty.
    """

    puid: str
    mime: str
    state: State
    extension_ok: bool
    pages: int | None
    text: str
    problems: tuple[Remark, ...]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    signatures: tuple[SignatureFound, ...] | None = None
    second_opinion: str = ""


def survey(
    path: str | Path,
    name: str = "",
    text_limit: int = 200_000,
    trust: CertificateTrust = NO_TRUST,
    trust_path: str | Path = "",
    pronom_path: str | Path = "",
    ends: Ends | None = None,
) -> Survey:
    """Identify, examine and read the file at ``path``, called ``name`` where it lies under another name.

    ``trust_path`` is a folder of certificates to take in place of ``trust``, which no JSON carries;
    ``pronom_path`` another release of PRONOM; ``ends`` were kept while the file was digested. Raises OSError
    when the file cannot be read.
    """
    path = Path(path)
    if trust_path:
        trust = CertificateTrust.load(Path(trust_path))
    ends, name = ends or ends_of(path), name or path.name
    with KeptZip() as kept:
        identified = identify_ends(
            ends, lambda: path.open("rb"), name=name, signature_file=pronom_path, kept=kept
        )
        found = examine_identified(
            *(path, ends, identified),
            name=name,
            trust=trust,
            wants_text=bool(text_limit),
            archive=kept.archive,
        )
    label = second_opinion(path, identified) if ends.size else ""
    doubts = (remark_on(label, identified),) if label else ()
    return Survey(
        puid=found.puid,
        mime=identified.mime.partition(",")[0].strip(),
        state=found.state,
        extension_ok=identified.extension_ok,
        pages=found.pages,
        text=_text(path, identified, found, text_limit),
        problems=(*found.problems, *doubts),
        facts=found.facts,
        signatures=found.signatures,
        second_opinion=label,
    )


def _text(path: Path, identified: Identified, found: Examination, limit: int) -> str:
    if not limit or found.state not in {State.OK, State.ACTIVE}:
        return ""
    if 0 < len(found.text_sample) < SAMPLE_CHARS:  # all of it was read already
        return found.text_sample[:limit]
    try:
        return text_of_identified(path, identified, limit)
    except Refusal:
        return ""
