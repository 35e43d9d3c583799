"""Build the Chinese fonts that the product serves and prints with (Noto SC, SIL Open Font License 1.1).

    npm pack @fontsource/noto-sans-sc @fontsource/noto-serif-sc
    npm pack @expo-google-fonts/noto-sans-sc @expo-google-fonts/noto-serif-sc
    # unpack each into its own folder, then
    python tools/build_fonts.py --pages-sans DIR --pages-serif DIR --whole-sans DIR --whole-serif DIR

Pages get the ``unicode-range`` chunks of the fontsource packages as they are (a browser fetches only
the chunks whose characters it meets), one more chunk with the characters of GB 2312, Big5 level 1 and
beyond the basic plane that those chunks lack, and two with the characters of our own pages: ``hall``
(the first page of the readers' portal, which must stay under 200 kB; with a stylesheet of its own) and
``core`` (everything else). Each character is declared in one chunk only. Run it again when many new
words appear.

Documents get one TTF a face, cut from the whole fonts.
"""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

SOURCE = Path(__file__).parent.parent / "src/lantai"
PAGES = SOURCE / "platform/ui/static/ui/fonts"
DOCUMENTS = SOURCE / "platform/documents/fonts"
FACE = re.compile(r"url\(\./files/([\w.-]+\.woff2)\).*?unicode-range:\s*([^;]+);", re.DOTALL)
Rules = list[tuple[str, str]]
FIRST_BEYOND_BASIC_PLANE = 0x10000
# Characters of CJK Extension A that occur in names, places and trade terms.
EXTENSION_A = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹"
    "䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮"
)


@dataclass(frozen=True)
class PageFace:
    """One weight of one family as pages use it."""

    family: str
    weight: int
    chunks: Path
    whole: Path


def double_byte(encoding: str, first: range) -> set[int]:
    """Code points of the two-byte characters of ``encoding`` whose lead byte is in ``first``."""
    found = set()
    for lead in first:
        for trail in range(0x40, 0xFF):
            text = bytes([lead, trail]).decode(encoding, errors="ignore")
            if len(text) == 1 and ord(text) > 0x7F:
                found.add(ord(text))
    return found


SHOWN_DATA = (  # what pages show of the data that is shipped
    "kit/metadata/schemes/*.toml",
    "kit/compositions/kinds/*.toml",
    "kit/fourprops/schemes/*.toml",
    "apps/holdings/data/*.toml",
)
ALL_PAGES = ("**/*.html", "**/*.py", *SHOWN_DATA)
HALL_PAGES = (
    "**/templates/ui/portal*.html",
    "**/templates/ui/_person.html",
    "**/templates/ui/_appearance.html",
    "**/templates/ui/_toasts.html",
    "**/templates/account/login.html",
    "**/templates/readingroom/home.html",
    "apps/readingroom/views/portal.py",
)
# What names of archives, addresses and opening hours are mostly made of.
HALL_WORDS = (
    "省市县区州旗盟乡镇村街道路巷号楼层室中华人民档案馆局综合院"
    "周星期一二三四五六日上下午至点时分年月节假休息（样例）"
)


def characters_of(patterns: tuple[str, ...]) -> set[int]:
    """Every character that the pages and messages in the files of ``patterns`` are written in."""
    files = [path for pattern in patterns for path in SOURCE.glob(pattern)]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    return {*range(0x20, 0x7F), *(ord(char) for char in text if char.isprintable())}


def as_ranges(points: set[int]) -> str:
    """``points`` as a CSS ``unicode-range``."""
    runs: list[list[int]] = []
    for point in sorted(points):
        if runs and point == runs[-1][1] + 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return ",".join(f"U+{a:x}" if a == b else f"U+{a:x}-{b:x}" for a, b in runs)


def cut(source: Path, points: set[int]) -> TTFont:
    """The part of the font that draws ``points``: no hinting, no layout features, no vertical metrics."""
    font = TTFont(source, recalcTimestamp=False)
    options = Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=["*"])
    options.drop_tables += ["vhea", "vmtx", "BASE", "STAT", "GSUB", "GPOS", "GDEF"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    return font


def rename(font: TTFont, family: str, style: str) -> None:
    """Give the cut font its own name, so that it is never taken for the whole one."""
    postscript = f"{family}-{style}".replace(" ", "")
    names = {1: family, 2: style, 3: postscript, 4: f"{family} {style}", 6: postscript}
    table = font["name"]
    table.names = [record for record in table.names if record.nameID in {0, 13, 14}]
    for name_id, text in names.items():
        table.setName(text, name_id, 3, 1, 0x409)


def face_rule(family: str, weight: int, name: str, ranges: str) -> str:
    """One ``@font-face`` rule."""
    return (
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-display:swap;'
        f'src:url("../fonts/{name}") format("woff2");unicode-range:{ranges}}}\n'
    )


def cut_page_chunk(face: PageFace, label: str, points: set[int]) -> tuple[str, set[int]]:
    """Write one chunk cut from the whole font; returns its file name and what it draws."""
    font = cut(face.whole, points)
    font.flavor = "woff2"
    name = f"{face.family.lower().replace(' ', '-')}-{label}-{face.weight}.woff2"
    font.save(PAGES / name)
    return name, set(font.getBestCmap())


def chunk_files(face: PageFace) -> list[Path]:
    """The woff2 files that the package's own stylesheet names for one face."""
    css = (face.chunks / f"{face.weight}.css").read_text(encoding="utf-8")
    return [face.chunks / "files" / name for name, _ in FACE.findall(css)]


def write_page_face(face: PageFace, wanted: set[int]) -> tuple[Rules, Rules]:
    """Write the chunks of one face; returns the rules of the hall and all other rules."""
    chunks: dict[str, set[int]] = {}
    for source in chunk_files(face):
        chunks[source.name] = set(TTFont(source).getBestCmap())
        shutil.copyfile(source, PAGES / source.name)
    hall_points = characters_of(HALL_PAGES) | {ord(char) for char in HALL_WORDS}
    hall_name, hall = cut_page_chunk(face, "hall", hall_points)
    core_name, core = cut_page_chunk(face, "core", characters_of(ALL_PAGES) - hall)
    rare_name, rare = cut_page_chunk(face, "rare", wanted - set().union(*chunks.values()))
    taken, rules = set(hall), []
    for name, drawn in ((core_name, core), *sorted(chunks.items()), (rare_name, rare)):
        if drawn - taken:
            ranges = as_ranges(drawn - taken)
            rules.append((ranges, face_rule(face.family, face.weight, name, ranges)))
        taken |= drawn
    ranges = as_ranges(hall)
    return [(ranges, face_rule(face.family, face.weight, hall_name, ranges))], rules


def stylesheet(faces: Iterable[Rules]) -> str:
    """All rules; those of one range stand together, which compresses to a third."""
    by_range: dict[str, list[str]] = {}
    for rules in faces:
        for ranges, rule in rules:
            by_range.setdefault(ranges, []).append(rule)
    rules = [rule for found in by_range.values() for rule in found]
    return "/* Made by tools/build_fonts.py; do not edit. */\n" + "".join(rules)


def whole_file(package: Path, style: str) -> Path:
    """The one TTF of ``style`` (for example ``400Regular``) in an unpacked package."""
    return next((package / style).glob("*.ttf"))


def main() -> None:
    """Write page chunks with their stylesheet, document fonts and licences."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("pages-sans", "pages-serif", "whole-sans", "whole-serif"):
        parser.add_argument(f"--{name}", type=Path, required=True, help="folder of the unpacked npm package")
    given = parser.parse_args()
    wanted = double_byte("gb2312", range(0xA1, 0xF8)) | double_byte("big5", range(0xA1, 0xC7))
    wanted |= {ord(char) for char in EXTENSION_A}
    sans = whole_file(given.whole_sans, "400Regular")
    everything = set(TTFont(sans).getBestCmap())
    wanted = (wanted | {point for point in everything if point >= FIRST_BEYOND_BASIC_PLANE}) & everything
    PAGES.mkdir(parents=True, exist_ok=True)
    DOCUMENTS.mkdir(parents=True, exist_ok=True)
    faces = (
        PageFace("Noto Sans SC", 400, given.pages_sans, sans),
        PageFace("Noto Sans SC", 600, given.pages_sans, whole_file(given.whole_sans, "600SemiBold")),
        PageFace("Noto Serif SC", 600, given.pages_serif, whole_file(given.whole_serif, "600SemiBold")),
    )
    written = [write_page_face(face, wanted) for face in faces]
    for name, rules in (
        ("fonts-hall", [hall for hall, _ in written]),
        ("fonts", [rest for _, rest in written]),
    ):
        (PAGES.parent / f"css/{name}.css").write_text(stylesheet(rules), encoding="utf-8")
    # Serif outlines are larger: it keeps to the standard sets, and the sans draws what it lacks.
    drawn = wanted.union(*(TTFont(source).getBestCmap() for source in chunk_files(faces[0])))
    for family, style, source in (
        ("Lantai Sans", "Regular", sans),
        ("Lantai Sans", "Bold", whole_file(given.whole_sans, "700Bold")),
        ("Lantai Serif", "Regular", whole_file(given.whole_serif, "400Regular")),
    ):
        font = cut(source, wanted if family == "Lantai Serif" else drawn)
        rename(font, family, style)
        target = DOCUMENTS / f"{family.replace(' ', '')}-{style}.ttf"
        font.save(target)
        print(f"{target.name}: {len(font.getBestCmap())} characters, {target.stat().st_size / 1e6:.1f} MB")
    for folder in (PAGES, DOCUMENTS):
        shutil.copyfile(given.whole_sans / "LICENSE_FONT", folder / "OFL.txt")


if __name__ == "__main__":
    main()
