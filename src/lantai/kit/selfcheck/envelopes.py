"""What lies inside a package of DA/T 48 that was sent as a file: each computer file decoded, opened and let go.

For a confined process. One file at a time lies on disk, whatever the package holds; its signatures are verified
in the same reading. Where the package is a layout by itself its files were laid out and are looked at there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from lantai.kit.crypto.signatures import SignatureFound
from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.errors import N_, plain
from lantai.kit.formats.own import EEP
from lantai.kit.formats.remarks import Fact, Remark, State, Value
from lantai.kit.formats.survey import Survey, survey
from lantai.kit.fourprops.facts import FileFacts, FileState
from lantai.kit.packages.eep.found import EXPANDED
from lantai.kit.packages.eep.reader import read_package
from lantai.kit.packages.eep.types import Stored
from lantai.kit.packages.problems import Problem, Severity

FILE_BYTES = 512 << 20
MOST_FILES = 2_000
MOST_TOLD = 100
INSIDE = "inside-"  # how the codes of all these remarks begin
STATE, NAMES = "inside_state", "inside_files"  # facts of the envelope

_TOLD = {
    State.EMPTY: N_("封装包里的“%(file)s”是空文件。"),
    State.TRUNCATED: N_("封装包里的“%(file)s”不完整。"),
    State.ENCRYPTED: N_("封装包里的“%(file)s”已加密，读不到内容。"),
    State.BROKEN: N_("封装包里的“%(file)s”已损坏。"),
    State.ACTIVE: N_("封装包里的“%(file)s”含有可自动执行的内容。"),
    State.UNSUPPORTED: N_("封装包里的“%(file)s”只识别了格式（%(format)s），没有检查内容。"),
}
_NAMED_WRONGLY = N_("封装包里的“%(file)s”扩展名与实际格式（%(format)s）不符。")
_TOO_LARGE = N_("封装包里的“%(file)s”超过 %(limit_mb)d MB，没有打开检查。")
_TOO_MANY = N_("封装包里的文件超过 %(limit)d 个，其余没有打开检查。")
_GRAVITY = (
    State.OK,
    State.UNSUPPORTED,
    State.ACTIVE,
    State.EMPTY,
    State.ENCRYPTED,
    State.TRUNCATED,
    State.BROKEN,
)


@dataclass(frozen=True, slots=True)
class Inside:
    """What was found: the gravest ``state``, why, the ``names`` of all files and every signature."""

    state: State
    problems: tuple[Remark, ...]
    names: tuple[str, ...]
    signatures: tuple[SignatureFound, ...]


def look_inside(
    path: str | Path,
    out: str | Path,
    name: str = "",
    trust: CertificateTrust = NO_TRUST,
    trust_path: str | Path = "",
    pronom_path: str | Path = "",
) -> Inside:
    """Read the package ``path``, opening its files one by one in the folder ``out``, which is left as it was.

    ``trust_path`` is a folder of certificates in place of ``trust``, ``pronom_path`` another release of PRONOM.
    Raises OSError.
    """
    path = Path(path)
    if trust_path:
        trust = CertificateTrust.load(Path(trust_path))
    looking = _Looking(Path(out), trust, pronom_path)
    package = read_package(path, name or path.name, looking, trust=trust)
    wrong = [_remark(one) for one in package.problems if one.severity is Severity.ERROR]
    state = max(looking.state, State.BROKEN if wrong else State.OK, key=_GRAVITY.index)
    remarks = (*looking.remarks, *wrong)[:MOST_TOLD]
    return Inside(state, remarks, tuple(looking.names), (*(package.found or ()), *looking.signatures))


def with_inside(found: Survey, inside: Inside) -> Survey:
    """``found``, the survey of an envelope, with what lies in it."""
    facts: dict[str, Fact] = {STATE: inside.state.value, NAMES: list(inside.names[:MOST_TOLD])}
    return replace(
        found,
        problems=(*inside.problems, *found.problems),
        facts={**found.facts, **facts},
        signatures=(*(found.signatures or ()), *inside.signatures),
    )


def is_envelope(puid: str) -> bool:
    """Whether a file of this format has others in it that `look_inside` opens."""
    return puid == EEP.puid


def with_contents(files: Iterable[FileFacts], *, is_signed_outside: bool) -> Iterator[FileFacts]:
    """The files of an item, an envelope being as bad as the worst in it.

    Where the files of an envelope are files of the item too, they speak for themselves. ``is_signed_outside``:
    its signatures are told of the item, so that none are left to tell of the file.
    """
    everyone = tuple(files)
    for file in everyone:
        if not is_envelope(file.puid):
            yield file
            continue
        if is_signed_outside:
            file = replace(file, signatures=())
        start = f"{file.path}{EXPANDED}/"
        if is_signed_outside and any(other.path.startswith(start) for other in everyone):
            yield replace(file, remarks=tuple(one for one in file.remarks if not one.code.startswith(INSIDE)))
        else:
            yield _as_bad_as_inside(file)


def _as_bad_as_inside(file: FileFacts) -> FileFacts:
    inside = file.facts.get(STATE)
    if file.state is not FileState.OK or inside is None:
        return file
    return replace(file, state=FileState(str(inside)))


class _Looking:
    """Takes the computer files of a package as they are decoded and keeps what opening each has shown."""

    def __init__(self, out: Path, trust: CertificateTrust, pronom_path: str | Path) -> None:
        self._place, self._trust, self._pronom_path = out / "inside", trust, pronom_path
        self.state = State.OK
        self.names: list[str] = []
        self.remarks: list[Remark] = []
        self.signatures: list[SignatureFound] = []

    def __call__(self, path: str, content: Iterator[bytes]) -> Stored:
        """Look at one; raises `DataBroken` as ``content`` does."""
        self.names.append(path)
        place = self._place.with_suffix(PurePosixPath(path).suffix[:20])
        try:
            size = _laid_out(content, place)
            self._look_at(path, place, size)
        finally:
            place.unlink(missing_ok=True)
        return Stored(path, size)

    def _look_at(self, path: str, place: Path, size: int) -> None:
        if len(self.names) > MOST_FILES:
            if len(self.names) == MOST_FILES + 1:
                self._tell(State.UNSUPPORTED, "too-many", _TOO_MANY, limit=MOST_FILES)
        elif size > FILE_BYTES:
            self._tell(State.UNSUPPORTED, "too-large", _TOO_LARGE, file=path, limit_mb=FILE_BYTES >> 20)
        else:
            self._take(path, self._survey(place, PurePosixPath(path).name))

    def _survey(self, place: Path, name: str) -> Survey:
        return survey(place, name, 0, self._trust, pronom_path=self._pronom_path)

    def _take(self, path: str, found: Survey) -> None:
        named = found.puid or found.mime or "-"
        if found.state is not State.OK:
            self._tell(found.state, found.state.value, _TOLD[found.state], file=path, format=named)
        if not found.extension_ok:
            self._tell(State.OK, "wrong-extension", _NAMED_WRONGLY, file=path, format=named)
        for one in found.signatures or ():
            self.signatures.append(replace(one, name=f"{path} {one.name}".strip()))

    def _tell(self, state: State, code: str, message: str, **params: Value) -> None:
        self.state = max(self.state, state, key=_GRAVITY.index)
        if len(self.remarks) < MOST_TOLD:
            self.remarks.append(Remark(f"{INSIDE}{code}", message, params))


def _laid_out(content: Iterator[bytes], place: Path) -> int:
    """The size of ``content``, which lies in ``place`` as far as files may be large."""
    size = 0
    with place.open("wb") as out:
        for data in content:
            size += len(data)
            if size <= FILE_BYTES:
                out.write(data)
    return size


def _remark(problem: Problem) -> Remark:
    return Remark(f"{INSIDE}{problem.code}", problem.message, plain(problem.params))
