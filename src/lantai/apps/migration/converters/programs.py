"""Converters that are programs of others: started behind walls of their own, where they are installed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lantai.apps.migration.converters.confined import PDF_PDFA, limits_for
from lantai.apps.migration.types import Converted
from lantai.kit.formats import office_pdf, pdf_redrawn
from lantai.kit.formats.media import probing, transcoding
from lantai.kit.formats.remarks import Fact
from lantai.platform.sandbox import programs
from lantai.platform.sandbox import services as sandbox
from lantai.platform.sandbox.types import Said

_MADE = "made"
_LEAST_SECONDS, _BYTES_A_SECOND = 120, 128 << 10
_GIB = 1 << 30
_WAV = "fmt/6 fmt/141 fmt/142 fmt/143 fmt/1 fmt/2 fmt/527 fmt/703 fmt/704 fmt/705 fmt/709 fmt/710 fmt/711"
_AIFF = "x-fmt/135 fmt/414"
_FILM = "x-fmt/385 x-fmt/386 fmt/640 fmt/649 fmt/585 fmt/5 x-fmt/382 x-fmt/384 fmt/133 fmt/441 fmt/199 fmt/569 fmt/573"


@dataclass(frozen=True, slots=True)
class Transcoded:
    """Sound or film made anew by ffmpeg."""

    slug: str
    label: str | Promise
    sources: frozenset[str]
    losses: tuple[str, ...] = ("tags",)

    @property
    def is_lossless(self) -> bool:
        """See Converter."""
        return transcoding.RECIPES[self.slug].is_lossless

    def trouble(self) -> str:
        """Both programs must be there and hold behind the walls."""
        return programs.trouble_of(transcoding.PROGRAM) or programs.trouble_of(probing.PROGRAM)

    def convert(self, path: Path, puid: str, out: Path) -> Converted:
        """See Converter."""
        recipe = transcoding.RECIPES[self.slug]
        name = f"{_MADE}.{recipe.suffix}"
        said = programs.make(
            transcoding.PROGRAM,
            lambda place, folder: transcoding.arguments(recipe, place, f"{folder}/{name}"),
            path=path,
            out=out,
            timeout_s=_seconds_for(path),
            out_mb=(path.stat().st_size * 20 + _GIB) >> 20,
        )
        transcoding.complaint(said.exit_code, said.complaints)
        made = out / name
        if recipe.is_lossless:
            proof: dict[str, Any] = dict(
                transcoding.same_streams(_hashes(recipe, path), _hashes(recipe, made))
            )
        else:
            proof = dict(transcoding.same_measures(recipe, _measured(path), _measured(made)))
        return Converted((name,), (), proof)


@dataclass(frozen=True, slots=True)
class OfficeAsPdf:
    """Office documents laid out by LibreOffice; absent on most machines, and then said so."""

    slug: str
    label: str | Promise
    sources: frozenset[str]
    is_lossless: bool = False
    losses: tuple[str, ...] = ("editing", "animation")

    def trouble(self) -> str:
        """LibreOffice must be there and hold behind the walls."""
        return programs.trouble_of(office_pdf.PROGRAM)

    def convert(self, path: Path, puid: str, out: Path) -> Converted:
        """See Converter."""
        said = _laid_out(path, puid, out)
        if said.exit_code == office_pdf.RESTART:
            said = _laid_out(path, puid, out)
        made = sorted(out.glob("*.pdf"))
        if len(made) != 1:
            raise office_pdf.NothingMade(
                reason=said.complaints.decode("utf-8", "replace").strip()[-200:] or "-"
            )
        proof: Any = sandbox.call(
            "lantai.kit.formats.office_pdf:proof", path=path, made_path=made[0], timeout_s=120
        )
        return Converted((made[0].name,), (), dict(proof))


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A PDF written anew by Ghostscript; absent on most machines, and then said so."""

    slug: str
    label: str | Promise
    sources: frozenset[str]
    is_lossless: bool = False
    losses: tuple[str, ...] = ("fonts", "xmp", "signatures", "structure")

    def trouble(self) -> str:
        """Ghostscript must be there and hold behind the walls."""
        return programs.trouble_of(pdf_redrawn.PROGRAM)

    def convert(self, path: Path, puid: str, out: Path) -> Converted:
        """See Converter."""
        said = programs.make(
            pdf_redrawn.PROGRAM,
            pdf_redrawn.arguments,
            path=path,
            out=out,
            timeout_s=_seconds_for(path),
            out_mb=2048,
        )
        transcoding.complaint(said.exit_code, said.complaints or said.output)
        found: Any = sandbox.call(
            "lantai.kit.formats.pdf_redrawn:finish",
            path=path,
            made_path=out / pdf_redrawn.REDRAWN,
            out=out,
            **limits_for(path),
        )
        return Converted(tuple(found["made"]), (), dict(found["proof"]))


def _laid_out(path: Path, puid: str, out: Path) -> Said:
    return programs.make(
        office_pdf.PROGRAM,
        lambda place, folder: office_pdf.arguments(puid, place, folder),
        path=path,
        out=out,
        timeout_s=_seconds_for(path),
        memory_mb=8192,
        out_mb=1024,
    )


def _hashes(recipe: transcoding.Recipe, path: Path) -> bytes:
    said = programs.run(
        transcoding.PROGRAM,
        lambda place: transcoding.hashing(recipe, place),
        path=path,
        timeout_s=_seconds_for(path),
    )
    transcoding.complaint(said.exit_code, said.complaints)
    return said.output


def _measured(path: Path) -> dict[str, Fact]:
    said = programs.run(probing.PROGRAM, probing.arguments, path=path, timeout_s=_seconds_for(path))
    return dict(probing.facts_of(probing.read_answer(said.output, said.complaints)))


def _seconds_for(path: Path) -> float:
    return _LEAST_SECONDS + path.stat().st_size / _BYTES_A_SECOND


FLAC = Transcoded("flac", _("FLAC（无损）"), frozenset(f"{_WAV} {_AIFF}".split()))
WAV = Transcoded("wav", _("WAV（24 位）"), frozenset(f"fmt/279 {_AIFF}".split()))
MP3 = Transcoded(
    "mp3",
    _("MP3（有损，利用副本）"),
    frozenset(f"{_WAV} {_AIFF} fmt/279 x-fmt/136 fmt/132 fmt/203 fmt/944 fmt/946 fmt/947 fmt/948".split()),
    ("detail", "tags"),
)
FFV1 = Transcoded("ffv1", _("FFV1、Matroska（无损）"), frozenset(_FILM.split()), ("tags", "tracks"))
H264 = Transcoded(
    "h264", _("H.264、MP4（有损，利用副本）"), frozenset(_FILM.split()), ("detail", "tags", "tracks")
)
REDRAWN_PDFA = Redrawn("gs-pdfa", _("PDF 重新生成为 PDF/A-2b（Ghostscript）"), PDF_PDFA.sources)
OFFICE_PDFA = OfficeAsPdf(
    "office-pdfa", _("Office 转 PDF/A-2b（LibreOffice）"), frozenset(office_pdf.FAMILY_OF)
)
