"""A second opinion on what a file is, from a small neural network (magika): asked only where ours is in doubt.

A signature that PRONOM knows is better evidence than a guess, so the guess is heard where there was none, where
several formats fit, and where name and content disagree; and it is passed on only when it is sure of another family.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from lantai.kit.errors import N_
from lantai.kit.formats.identify import Basis, Identified
from lantai.kit.formats.remarks import Remark

if TYPE_CHECKING:
    from magika import Magika

SURE = 0.9
OTHERWISE = N_("另一种识别方法认为文件是“%(label)s”，与“%(name)s”不同，请人工核对。")
_TOLD_NOTHING = frozenset({"unknown", "empty", "undefined", "directory", "symlink"})
# Labels that mean what one of our media types or names means, or that differ only within a family.
_FAMILIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("jpeg png gif bmp tiff webp jp2 ico psd dxf dwg tga", ("image/",)),
    ("mp4 qt mkv webm avi flv mpegts wmv asf 3gp", ("video/", "application/mp4")),
    ("mp3 wav flac ogg m4 aac aiff midi mp4", ("audio/", "application/mp4")),
    ("docx xlsx pptx doc xls ppt msg odt ods odp", ("application/vnd", "application/ms")),
    ("zip jar apk epub docx xlsx pptx", ("application/zip", "application/epub", "application/ofd")),
    ("xml svg html txt xsd rdf", ("application/xml", "text/xml", "text/html", "image/svg")),
    (
        "txt csv tsv markdown rst ini eml json jsonl yaml xml srt log tex",
        ("text/", "message/", "application/json"),
    ),
    ("pdf", ("application/pdf",)),
)
_FAMILIES_BY_LABEL = tuple((frozenset(labels.split()), mimes) for labels, mimes in _FAMILIES)


def second_opinion(path: Path, identified: Identified) -> str:
    """The other program's name for the file where it is sure of something else, else empty."""
    if not _is_doubtful(identified):
        return ""
    found = _guess(path)
    if found is None:
        return ""
    label, score = found
    if score < SURE or label in _TOLD_NOTHING or _is_same(label, identified):
        return ""
    return label


def remark_on(label: str, identified: Identified) -> Remark:
    """The disagreement in words."""
    return Remark("second-opinion", OTHERWISE, {"label": label, "name": identified.name or "-"})


def _is_doubtful(identified: Identified) -> bool:
    by_content = identified.basis in {Basis.SIGNATURE, Basis.CONTAINER}
    return not by_content or not identified.extension_ok or bool(identified.also)


def _is_same(label: str, identified: Identified) -> bool:
    if label == identified.name.casefold():
        return True
    return any(
        label in labels and any(m in identified.mime for m in mimes) for labels, mimes in _FAMILIES_BY_LABEL
    )


def _guess(path: Path) -> tuple[str, float] | None:
    try:
        result = _model().identify_path(path)
    except (ImportError, OSError, RuntimeError, ValueError):  # no model here, or the runtime refuses to start
        return None
    return (str(result.output.label), float(result.score)) if result.ok else None


def warm() -> None:
    """Load the largest part of what the network needs, where it is installed; not its runtime, which has threads.

    A sandbox worker does it once, before it forks: a thread would be missing in the children.
    """
    with suppress(ImportError):
        import numpy  # noqa: F401 - imported for its time


@lru_cache(maxsize=1)
def _model() -> Magika:
    from magika import Magika  # half a second to load: only when somebody is in doubt

    return Magika()
