"""Formats are told from what is in the file, as fido tells them, and OFD and EEP besides."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import pytest
from fido import fido
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.kit.formats import matching, pronom
from lantai.kit.formats.command import run
from lantai.kit.formats.ends import BUFFER_BYTES, EndsKeeper, ends_of
from lantai.kit.formats.identify import Basis, identify, identify_ends
from lantai.kit.formats.registry import Pattern, Searched
from tests.conftest import SAMPLES, needs_samples
from tests.kit.formats import zoo, zoo_media, zoo_office


class Oracle(fido.Fido):
    """fido itself, with its answers kept instead of printed."""

    def __init__(self):
        super().__init__(quiet=True, format_files=["formats-v109.xml"], handle_matches=self.keep)
        self.found: dict[str, list[str]] = {}

    def keep(self, name, matches, seconds, kind=""):
        self.found[name] = sorted({self.get_puid(match[0]) for match in matches})

    def puids(self, path: Path) -> list[str]:
        with contextlib.redirect_stderr(io.StringIO()):
            self.identify_file(str(path))
        return self.found[str(path)]


class RememberingOracle:
    """What fido said of each content; asked itself only of what it has never seen, for it is slow.

    An answer is of one version of fido and of a content under one ending; LANTAI_UPDATE_SNAPSHOTS=1 asks for all anew.
    """

    def __init__(self, oracle: Oracle, path: Path):
        self._oracle, self._path = oracle, path
        self._version = f"fido {version('opf-fido')} {oracle.format_files[0]}"
        self.is_asked_anew = bool(os.environ.get("LANTAI_UPDATE_SNAPSHOTS"))
        kept = {} if self.is_asked_anew else json.loads(path.read_text("ascii"))
        self._said: dict[str, list[str]] = {
            key: puids.split() for puids, keys in kept.get(self._version, {}).items() for key in keys
        }

    def puids(self, path: Path) -> list[str]:
        key = sha256(path.read_bytes()).hexdigest()[:24] + path.suffix.lower()
        if key not in self._said:
            self._said[key] = self._oracle.puids(path)
        return self._said[key]

    def write(self) -> None:
        by_answer: dict[str, list[str]] = {}
        for key, puids in sorted(self._said.items()):
            by_answer.setdefault(" ".join(puids), []).append(key)
        said = json.dumps({self._version: by_answer}, indent=0, sort_keys=True)
        self._path.write_text(said + "\n", "ascii")


@pytest.fixture(scope="module")
def oracle():
    return Oracle()


@pytest.fixture(scope="module")
def remembering_oracle(oracle):
    remembering = RememberingOracle(oracle, Path(__file__).with_name("said_by_fido.json"))
    yield remembering
    if remembering.is_asked_anew:
        remembering.write()


ANIMALS = {**zoo.ANIMALS, **zoo_office.ANIMALS, **zoo_media.PICTURES}


def agrees(path: Path, oracle: Oracle) -> bool:
    """fido's answer, or of several for a container, which it does not rank, those that PRONOM ranks first."""
    found = identify(path)
    ours, theirs = {*found.also, found.puid} - {""}, set(oracle.puids(path))
    return ours == theirs or (found.basis is Basis.CONTAINER and bool(ours) and ours < theirs)


@pytest.mark.parametrize("name", ANIMALS)
def test_the_zoo_is_named_as_fido_names_it(name, tmp_path, oracle):
    path = tmp_path / name
    ANIMALS[name](path)
    assert agrees(path, oracle), (identify(path), oracle.puids(path))


@zoo_media.needs_ffmpeg
@pytest.mark.parametrize("name", zoo_media.MEDIA)
def test_sound_and_film_are_named_as_fido_names_them(name, studio, oracle):
    path = studio / name
    assert agrees(path, oracle), (identify(path), oracle.puids(path))


@pytest.mark.parametrize("name", zoo.ANIMALS)
def test_everyday_files_have_the_extension_of_their_format(name, tmp_path):
    zoo.ANIMALS[name](tmp_path / name)
    assert identify(tmp_path / name).extension_ok


@settings(max_examples=50)
@given(st.lists(st.integers(0, 3 * BUFFER_BYTES // 2), max_size=5), st.integers(0, 255))
def test_the_ends_kept_while_reading_are_the_ends_of_the_file(tmp_path_factory, lengths, seed):
    chunks = [bytes((seed + n + k) % 256 for k in range(256)) * (n // 256) + bytes(n % 256) for n in lengths]
    path, keeper = tmp_path_factory.mktemp("ends") / "a", EndsKeeper()
    path.write_bytes(b"".join(keeper.passing(chunks)))
    assert keeper.ends() == ends_of(path)


def test_a_file_is_identified_from_what_passed_by_while_it_was_digested(tmp_path):
    path, keeper = tmp_path / "a.docx", EndsKeeper()
    zoo.docx(path)
    keeper.update(path.read_bytes())
    assert identify_ends(keeper.ends(), lambda: path.open("rb"), name="a.docx") == identify(path)


@needs_samples
def test_the_samples_are_named_as_fido_names_them_except_ofd(remembering_oracle):
    for path in sorted(p for p in SAMPLES.rglob("*") if p.is_file()):
        found, theirs = identify(path), remembering_oracle.puids(path)
        if found.puid == "lantai-fmt/1":
            assert (theirs, found.basis) == (["x-fmt/263"], Basis.CONTAINER)
        else:
            assert sorted(filter(None, [found.puid, *found.also])) == theirs, path


@needs_samples
def test_every_ofd_sample_is_an_ofd_whatever_its_namespace():
    names = [p.name for p in (SAMPLES / "ofd").glob("*.ofd") if identify(p).puid != "lantai-fmt/1"]
    assert names == []


def test_an_encapsulation_package_is_more_than_xml(tmp_path):
    path = tmp_path / "2009-001.eep"
    zoo.eep(path)
    found = identify(path)
    assert (found.puid, found.basis, found.extension_ok) == ("lantai-fmt/2", Basis.SIGNATURE, True)


def test_a_zip_that_only_calls_itself_ofd_is_a_zip(tmp_path):
    path = tmp_path / "假.ofd"
    zoo.plain_zip(path)
    found = identify(path)
    assert (found.puid, found.extension_ok) == ("x-fmt/263", False)
    assert [w.code for w in found.warnings] == ["wrong-extension"]


def test_a_pdf_called_docx_is_a_pdf_with_a_wrong_name(tmp_path):
    zoo.pdf(tmp_path / "a.pdf")
    shutil.copy(tmp_path / "a.pdf", tmp_path / "a.docx")
    found = identify(tmp_path / "a.docx")
    assert found.mime.startswith("application/pdf")
    assert not found.extension_ok


def test_an_empty_file_is_never_a_format_by_its_content(tmp_path):
    path = tmp_path / "a.pdf"
    path.touch()
    found = identify(path)
    assert found.basis is Basis.EXTENSION
    assert found.warnings[0].code == "empty"


def test_noise_is_unknown(tmp_path):
    path = tmp_path / "noise.qqq"
    path.write_bytes(bytes(range(251, 255)) * 40)
    assert (identify(path).puid, identify(path).basis) == ("", Basis.NONE)


def test_a_signature_file_of_another_release_can_be_used(tmp_path):
    release = tmp_path / "formats-v900.xml"
    release.write_text(
        r"<formats><format><puid>test/1</puid><name>样例格式</name><extension>smp</extension><signature><pattern>"
        r"<position>BOF</position><regex>(?s)\ASAMPLE</regex></pattern></signature></format></formats>"
    )
    path = tmp_path / "a.smp"
    path.write_bytes(b"SAMPLE 1")
    assert identify(path, signature_file=release).puid == "test/1"
    assert pronom.registry(pronom.release(release)).release == "900"


CROWDS = matching._crowds(pronom.registry(None))


@pytest.fixture(scope="module")
def release_of_droid(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    conf = Path(fido.__file__).parent / "conf"
    shutil.copy(conf / "DROID_SignatureFile-v109.xml", folder)
    shutil.copy(conf / "container-signature-20200121.xml", folder)
    return folder


@pytest.mark.parametrize("name", ANIMALS)
def test_the_published_signature_file_of_droid_gives_the_same_answers(name, tmp_path, release_of_droid):
    ANIMALS[name](tmp_path / name)
    by_fido, by_droid = identify(tmp_path / name), identify(tmp_path / name, signature_file=release_of_droid)
    assert (by_droid.puid, by_droid.basis) == (by_fido.puid, by_fido.basis)


def test_every_format_that_fido_tells_has_its_signatures_in_the_published_file(release_of_droid):
    ours, theirs = pronom.registry(pronom.release(release_of_droid)), pronom.registry(None)
    missing = [p for p, f in theirs.formats.items() if f.signatures and not ours.formats[p].signatures]
    assert (ours.release, missing) == ("109", [])


@settings(max_examples=60)
@given(st.data())
def test_the_prefilter_never_hides_a_signature(data):
    """A file built to match a signature's own literal is always offered to that signature."""
    formats = [f for f in pronom.registry(None).formats.values() if f.signatures]
    fmt = data.draw(st.sampled_from(formats))
    signature = data.draw(st.sampled_from(fmt.signatures))
    noise = data.draw(st.binary(max_size=200))
    anchor = matching.best_anchor(signature, CROWDS)
    if anchor is None:
        head = noise
    elif anchor.in_tail:
        head = noise + anchor.literal
    else:
        head = bytes(anchor.first) + anchor.literal + noise
    offered = list(matching.index(None).candidates(head, head))
    assert (fmt, signature) in offered


@pytest.mark.parametrize(
    ("source", "widest"),
    [
        (rb"(?s)ab.{0,5}\Z", 7),
        (rb"(?s)%%EO(?:F|F\r\n).{0,8}\Z", 15),
        (rb"(?s)ab.{0,5}\Z|cd", None),
        (rb"(?s)ab\\Z", None),
        (rb"(?s)ab", None),
    ],
)
def test_an_end_is_searched_as_far_from_the_end_as_its_longest_match_and_no_less(source, widest):
    pattern, nothing = Pattern("EOF", source), Searched(b"")
    for data in (
        b"xxab12345",
        b"xxab123456",
        b"cdxxxxxxxxxxxxxxxxxxxxx",
        rb"ab\Zxxxxxxxxxxxxxxxx",
        b"%%EOF\r\n12345678",
    ):
        assert pattern.matches(nothing, Searched(data)) == bool(pattern.regex.search(data))
    assert pattern._widest == (sys.maxsize if widest is None else widest)


@pytest.mark.parametrize(
    ("source", "first", "last", "literal"),
    [
        (rb"(?s)\A%PDF-1\.4", 0, 0, b"%PDF-1.4"),
        (rb"(?s)\A.{4}ftyp", 4, 4, b"ftyp"),
        (rb"(?s)\A.{0,1024}\x3csvg(?:a|b)", 0, 1024, b"<svg"),
        (rb"(?s)\A\x00{3}\x01", None, None, None),
        (rb"(?s)\Aab|cd", None, None, None),
        (rb"(?s)\A(?:ab|cd)ef", None, None, None),
        (rb"(?s)\AABC?", 0, 0, b"AB"),
    ],
)
def test_anchors_are_only_what_must_be_there(source, first, last, literal):
    anchor = matching.anchor_of(source)
    assert (anchor and (anchor.first, anchor.last, anchor.literal)) == (literal and (first, last, literal))


def test_the_command_prints_one_line_a_file(tmp_path, capsys):
    zoo.text(tmp_path / "a.txt")
    (tmp_path / "b.qqq").write_bytes(b"\xfe\xfd\xfc")
    assert run([str(tmp_path / "a.txt")]) == 0
    assert run(["--json", str(tmp_path / "b.qqq")]) == 1
    assert run([str(tmp_path / "none")]) == 2
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("x-fmt/111\textension\tPlain Text File")
    assert '"puid": ""' in printed[1]
