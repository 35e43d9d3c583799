"""A package of DA/T 48 among other files is opened: what lies in it counts, wherever the package lies."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from io import BytesIO

import pytest
from PIL import Image

from lantai.kit.crypto.signatures import SignatureState
from lantai.kit.crypto.trust import NO_TRUST
from lantai.kit.formats.own import EEP
from lantai.kit.formats.remarks import State
from lantai.kit.fourprops.facts import FileFacts, FileRemark, FileState
from lantai.kit.packages.bagit import write_bag
from lantai.kit.packages.eep import Signer, write_original
from lantai.kit.packages.reading import ITEMS, read_folder
from lantai.kit.selfcheck import envelopes
from lantai.kit.selfcheck.envelopes import INSIDE, STATE, look_inside, with_contents
from lantai.kit.selfcheck.pool import Pool
from tests.kit.packages.eep.making import AT, CREATOR, content, encoding, key, two_documents

CUT = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"


def _envelope(folder, text: bytes, name: str = "通知.txt"):
    """A signed package of a file ``name`` of this content and a sheet."""
    sources = folder / "sources"
    sources.mkdir()
    record = two_documents(sources)
    (sources / name).write_bytes(text)
    (sources / "附表.csv").write_bytes("甲,乙\r\n1,2\r\n".encode())
    documents = (_of_files(document, sources, name) for document in record.documents)
    path = folder / "0001.eep"
    write_original(
        path, content(*documents), creator=CREATOR, created_at=AT, signers=(Signer(key("sm2-sm3")),)
    )
    return path


def _of_files(document, sources, name):
    (version,) = document.versions
    (old,) = version.encodings
    called = name if old.name == "通知.txt" else old.name
    new = encoding(document.document_id.partition("-")[2], called, sources / called)
    return replace(document, versions=(replace(version, encodings=(new,)),))


@pytest.fixture
def scratch(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def test_a_whole_package_is_as_good_as_its_files(tmp_path, scratch):
    found = look_inside(_envelope(tmp_path, "样例正文".encode()), scratch)
    assert (found.state, found.problems) == (State.OK, ())
    assert found.names == ("通知.txt", "附表.csv")
    assert [one.state for one in found.signatures] == [SignatureState.UNVERIFIED]
    assert list(scratch.iterdir()) == []


def test_a_cut_file_in_a_package_is_named_and_makes_the_package_bad(tmp_path, scratch):
    found = look_inside(_envelope(tmp_path, CUT, name="通知.pdf"), scratch)
    assert found.state is State.TRUNCATED
    assert [(one.code, one.params["file"]) for one in found.problems] == [(f"{INSIDE}truncated", "通知.pdf")]


def test_a_file_in_a_package_that_is_not_what_its_name_says_is_told(tmp_path, scratch):
    picture = BytesIO()
    Image.new("L", (8, 8)).save(picture, "PNG", dpi=(300, 300))
    found = look_inside(_envelope(tmp_path, picture.getvalue(), name="通知.pdf"), scratch)
    assert found.state is State.OK
    assert [one.code for one in found.problems] == [f"{INSIDE}wrong-extension"]


def test_a_changed_package_has_an_invalid_signature(tmp_path, scratch):
    path = _envelope(tmp_path, "样例正文".encode())
    path.write_bytes(path.read_bytes().replace("关于样例工作".encode(), "关于别的工作".encode()))
    assert [one.state for one in look_inside(path, scratch).signatures] == [SignatureState.INVALID]


def test_a_file_in_a_package_that_is_too_large_is_not_kept_and_not_called_good(
    tmp_path, scratch, monkeypatch
):
    monkeypatch.setattr(envelopes, "FILE_BYTES", 100)
    found = look_inside(_envelope(tmp_path, b"x" * 101), scratch)
    assert found.state is State.UNSUPPORTED
    assert [one.code for one in found.problems] == [f"{INSIDE}too-large"]


def test_no_more_files_of_a_package_are_opened_than_the_limit_allows(tmp_path, scratch, monkeypatch):
    monkeypatch.setattr(envelopes, "MOST_FILES", 1)
    found = look_inside(_envelope(tmp_path, b"x"), scratch)
    assert found.state is State.UNSUPPORTED
    assert [one.code for one in found.problems] == [f"{INSIDE}too-many"]


def test_base64_that_breaks_off_is_told(tmp_path, scratch):
    path = _envelope(tmp_path, "样例正文".encode())
    cut = path.read_bytes().replace("</编码数据>".encode(), "!</编码数据>".encode(), 1)
    path.write_bytes(cut)
    found = look_inside(path, scratch)
    assert found.state is State.BROKEN and found.problems[0].code.startswith(INSIDE)
    assert list(scratch.iterdir()) == []


def test_the_walled_process_opens_the_package_that_it_meets(tmp_path):
    path = _envelope(tmp_path, CUT, name="通知.pdf")
    with Pool(NO_TRUST, 1) as pool:
        (looked,) = pool.look_at([(path, "0001.eep")])
    assert looked.survey.puid == EEP.puid
    assert looked.survey.facts[STATE] == "truncated"
    assert [one.state for one in looked.survey.signatures] == [SignatureState.UNVERIFIED]


def test_an_envelope_is_as_bad_as_the_worst_in_it():
    (file,) = with_contents([_facts("件/0001.eep")], is_signed_outside=False)
    assert file.state is FileState.TRUNCATED and file.remarks


def test_files_that_are_laid_out_speak_for_themselves():
    files = [_facts("0001.eep"), FileFacts("0001.eep.展开/通知.pdf", state=FileState.TRUNCATED)]
    envelope, _file = with_contents(files, is_signed_outside=True)
    assert (envelope.state, envelope.remarks, envelope.signatures) == (FileState.OK, (), ())


def test_a_sender_cannot_lay_files_beside_an_envelope_to_hide_what_is_in_it():
    files = [_facts("件/0001.eep"), FileFacts("件/0001.eep.展开/通知.pdf", state=FileState.OK)]
    envelope, _file = with_contents(files, is_signed_outside=False)
    assert envelope.state is FileState.TRUNCATED


def _facts(path):
    remark = FileRemark(f"{INSIDE}truncated", "封装包里的“%(file)s”不完整。", {"file": "通知.pdf"})
    return FileFacts(path, puid=EEP.puid, state=FileState.OK, facts={STATE: "truncated"}, remarks=(remark,))


def test_packages_in_a_bag_are_read_and_left_as_they_are(tmp_path):
    path = _envelope(tmp_path, "样例正文".encode())
    bag, out = tmp_path / "bag", tmp_path / "out"
    write_bag(bag, [("0001.eep", path)])
    out.mkdir()
    before = sorted(file for file in bag.rglob("*"))
    assert read_folder(bag, out) == 1
    item, file = map(json.loads, (out / ITEMS).read_text(encoding="utf-8").splitlines())
    assert item["reference_code"] == "X001-WS·2026-Y-BGS-0001" and item["attachments"] is None
    assert [one["state"] for one in item["signatures"]] == ["unverified"]
    assert (file["path"], file["is_missing"]) == ("data/0001.eep", False)
    about = json.loads((out / "package.json").read_text(encoding="utf-8"))["facts"]
    assert (about["structure_problems"], about["manifest_problems"]) == ([], [])
    assert sorted(file for file in bag.rglob("*")) == before


def test_what_was_found_goes_through_json(tmp_path, scratch):
    found = look_inside(_envelope(tmp_path, CUT, name="通知.pdf"), scratch)
    assert json.loads(json.dumps(asdict(found), default=str))["state"] == "truncated"
