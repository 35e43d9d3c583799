"""ING 24: the public set of OFD files is parsed, read as an oracle of our own reads it, drawn, its broken seals found.

The oracle knows nothing of the reader: it follows the lists of the package with `zipfile` and `lxml` alone.
"""

from __future__ import annotations

import hashlib
import io
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import etree
from PIL import Image

from lantai.kit.crypto.signatures import SignatureState
from lantai.kit.formats.examine import examine
from lantai.kit.formats.remarks import State
from lantai.kit.formats.render import text_of
from lantai.platform.sandbox import services as sandbox
from tests.conftest import SAMPLES

FONT = Path(__file__).parents[2] / "src/lantai/platform/documents/fonts/LantaiSans-Regular.ttf"
WITH_FAULTS = {"testImageNotFound": "image_135.PNG"}
SM3 = ("SM3", "1.2.156.10197.1.401", "1.2.156.10197.1.401.2")


def different(folder: str) -> list[Path]:
    """The samples, each content once."""
    found = {
        hashlib.sha512(path.read_bytes()).digest(): path for path in sorted((SAMPLES / folder).glob("*.ofd"))
    }
    return sorted(found.values())


class Oracle:
    """One package, read by its lists."""

    def __init__(self, path: Path) -> None:
        with ZipFile(path) as package:
            self._parts = {
                name.replace("\\", "/").lstrip("/").casefold(): package.read(name)
                for name in package.namelist()
            }

    def _at(self, location: str, near: str) -> str:
        beside = f"{near.rpartition('/')[0]}/{location}".lstrip("/").casefold()
        return beside if beside in self._parts and location[:1] != "/" else location.lstrip("/").casefold()

    def _root(self, name: str) -> etree._Element:
        parser = etree.XMLParser(recover=True, resolve_entities=False)
        return etree.fromstring(self._parts[name], parser)

    def letters(self) -> Counter[str]:
        """Every letter of every page with its templates; blanks left out."""
        found: Counter[str] = Counter()
        for entry in self._root("ofd.xml").iter("{*}DocRoot"):
            name = self._at((entry.text or "").strip(), "")
            document = self._root(name)
            units = self._units(document, name)
            templates = {one.get("ID"): one.get("BaseLoc") for one in document.iter("{*}TemplatePage")}
            for page in document.iterfind("{*}Pages/{*}Page"):
                part = self._at(page.get("BaseLoc") or "", name)
                for place in (part, *self._templates_of(part, templates, name)):
                    self._add(self._root(place), units, found)
        return found

    def _units(self, document: etree._Element, near: str) -> dict[str | None, etree._Element]:
        """What a page may show by its number, out of the resources."""
        lists = [one.text or "" for one in document.iter("{*}PublicRes", "{*}DocumentRes")]
        held = [self._at(one.strip(), near) for one in lists]
        roots = [self._root(one) for one in held if one in self._parts]
        return {one.get("ID"): one for root in roots for one in root.iter("{*}CompositeGraphicUnit")}

    def _add(
        self, shown: etree._Element, units: dict[str | None, etree._Element], found: Counter[str]
    ) -> None:
        for code in shown.iter("{*}TextCode"):
            found.update("".join((code.text or "").split()))
        for used in shown.iter("{*}CompositeObject"):
            if (unit := units.get(used.get("ResourceID"))) is not None:
                self._add(unit, units, found)

    def _templates_of(self, page: str, templates: dict[str | None, str | None], near: str) -> Iterator[str]:
        for used in self._root(page).iterfind("{*}Template"):
            yield self._at(templates.get(used.get("TemplateID")) or "", near)

    def is_altered_after_signing(self) -> bool:
        """Whether a part is not as the check value of a signature says."""
        for name in [one for one in self._parts if one.endswith("signature.xml")]:
            for references in self._root(name).iter("{*}References"):
                for one in references.iter("{*}Reference"):
                    part = self._parts.get(self._at(one.get("FileRef") or "", name))
                    stated = b64decode("".join(one.itertext()).strip())
                    if part is None or self._digest(references.get("CheckMethod") or "", part) != stated:
                        return True
        return False

    @staticmethod
    def _digest(method: str, data: bytes) -> bytes:
        return hashlib.new("sm3" if method in SM3 else method.replace("-", ""), data).digest()


def judged(path: Path) -> str:
    """What is not right with our reading of ``path``; empty where all is."""
    found, oracle = examine(path), Oracle(path)
    if not found.pages or not (found.state is State.OK or found.problems):
        return f"{path.name} is {found.state} with {found.pages} pages"
    fault = next((part for name, part in WITH_FAULTS.items() if path.stem.endswith(name)), "")
    if fault not in str(found.problems):
        return f"{path.name} does not tell that {fault} is missing"
    ours = Counter("".join(text_of(path, 1 << 30).split()))
    if ours != oracle.letters() and not (ours <= oracle.letters() and set(ours) == set(oracle.letters())):
        return f"{path.name} reads otherwise: {ours - oracle.letters()}, {oracle.letters() - ours}"
    broken = any(one.state is SignatureState.INVALID for one in found.signatures or ())
    if broken != oracle.is_altered_after_signing():
        return f"{path.name}: seals broken {broken}"
    drawn = sandbox.call(
        "lantai.kit.formats.render:render_page", path=path, page=1, width_px=240, font_file=FONT
    )
    darkest, lightest = Image.open(io.BytesIO(drawn)).convert("L").getextrema()
    return "" if darkest < lightest else f"{path.name} is blank"


@pytest.mark.parametrize(
    ("folder", "least"), [("ofd", 16), pytest.param("ofdrw", 49, marks=pytest.mark.large)]
)
def test_ing_24_every_ofd_is_parsed_read_like_the_oracle_drawn_and_its_broken_seals_found(folder, least):
    paths = different(folder)
    if not paths:
        pytest.skip(f"no samples in {folder}")
    assert len(paths) >= least
    assert [wrong for wrong in map(judged, paths) if wrong] == []
