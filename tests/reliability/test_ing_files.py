"""ING 17–22: files that are several, act, hide, infect or drive their reader mad."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from lantai.apps.custody import queries as custody
from lantai.apps.intake import queries, services
from lantai.apps.intake.types import OBJECT
from lantai.kit.errors import Refusal
from lantai.kit.formats.examine import examine
from lantai.kit.formats.remarks import State
from lantai.kit.packages.transfer import OutgoingItem
from lantai.platform.blobs import services as blobs
from lantai.platform.sandbox import services as sandbox
from lantai.platform.sandbox.types import Killed, ParseKilled
from tests.apps.intake.conftest import Desk, code, item, problems, said, zip_of
from tests.apps.intake.test_sandboxed import MISBEHAVE, calls
from tests.kit.formats.compound import compound
from tests.kit.selfcheck.defects_of_items import GOOD, HTML, encrypted_pdf, scripted_pdf
from tests.platform.scanning.clamd import EICAR, MARKER, running_clamd

__all__ = ["calls"]

pytestmark = pytest.mark.django_db

RENDER = "lantai.kit.formats.render:render_page"


def holding(number: int, name: str, content: bytes) -> OutgoingItem:
    """An item whose one file has this content."""
    plain = item(number, name=name)
    metadata = {**plain.metadata, "计算机文件大小": [str(len(content))]}
    return replace(plain, metadata=metadata, files=[(name, [content])])


def picture(kind: str, **how: object) -> bytes:
    made = io.BytesIO()
    Image.effect_noise((320, 240), 60).save(made, kind, **how)
    return made.getvalue()


def flood() -> bytes:
    """A PNG that promises 60 000 by 60 000 points."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def wide_tiff() -> bytes:
    """A TIFF of one bit a point that promises 65 000 by 65 000."""
    wide = {256: 65_000, 257: 65_000, 258: 1, 259: 1, 262: 1, 273: 8, 278: 65_000, 279: 8}
    fields = [(tag, 4 if value > 9 or tag in (273, 279) else 3, value) for tag, value in wide.items()]
    body = struct.pack("<H", len(fields))
    body += b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in fields)
    return b"II*\0" + struct.pack("<I", 16) + bytes(8) + body + bytes(4)


SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="60000" height="60000"><rect/></svg>'
)
# name, content, the state it must get (None: any but ok)
HOSTILE = {
    "PDF that is a ZIP": ("多义.pdf", GOOD + zip_of([("a.class", b"\xca\xfe")]), None),
    "picture that is a ZIP": ("图.jpg", picture("JPEG") + zip_of([("a.class", b"\xca\xfe")]), None),
    "web page called JPG": ("网页.jpg", HTML, None),
    "PDF with a script": ("脚本.pdf", scripted_pdf(), State.ACTIVE),
    "locked PDF": ("加密.pdf", encrypted_pdf(), State.ENCRYPTED),
    "locked Office file": (
        "加密.docx", compound({"EncryptionInfo": b"\4\0\4\0", "EncryptedPackage": b""}), State.ENCRYPTED,
    ),
    "PNG of a flood": ("洪水.png", flood(), State.BROKEN),
    "TIFF of a flood": ("洪水.tif", wide_tiff(), None),
    "photo cut off": ("截断.jpg", picture("JPEG")[:-2000], None),
}  # fmt: skip
NUMBERS = {name: number for number, name in enumerate(HOSTILE, 2)}


@pytest.fixture
def mixed(desk: Desk):
    """A good item among hostile ones, tested."""
    made = [holding(NUMBERS[name], *HOSTILE[name][:2]) for name in HOSTILE]
    data = desk.transfer(item(1), *made, holding(len(made) + 2, "样例.pdf", GOOD))
    return desk.checked(data)


def test_ing_17_18_19_21_hostile_files_are_told_each_by_its_item_and_the_good_ones_pass(desk, mixed):
    assert mixed.state == "failed"
    for name, (file_name, content, state) in HOSTILE.items():
        row = mixed.files.get(name=file_name)
        assert row.state != "ok", name
        assert state is None or row.state == str(state), (name, row.state, row.examination["problems"])
        owner = mixed.items.get(item_key=code(NUMBERS[name]))
        assert owner.verdict == "failed", (name, row.state, problems(mixed))
        assert queries.reasons(owner), name
        assert row.sha256 == hashlib.sha256(content).hexdigest(), "the file was kept as it came"
    for number in (1, len(HOSTILE) + 2):
        assert mixed.items.get(item_key=code(number)).verdict == "passed", problems(mixed)
    with pytest.raises(Refusal):
        services.accept_submission(desk.ctx("archivist"), submission_id=mixed.pk)


@pytest.mark.parametrize("name", ["PDF that is a ZIP", "picture that is a ZIP", "web page called JPG"])
def test_ing_17_a_file_that_is_two_is_a_conflict_of_types(tmp_path, name):
    file_name, content, _state = HOSTILE[name]
    (tmp_path / file_name).write_bytes(content)
    found = examine(tmp_path / file_name)
    assert found.state is not State.OK and "polyglot" in {one.code for one in found.problems}


def test_ing_18_the_preview_of_a_document_that_acts_is_a_plain_picture(tmp_path):
    path = tmp_path / "脚本.pdf"
    path.write_bytes(scripted_pdf())
    preview = sandbox.call(RENDER, path=path, page=1, width_px=60)
    assert Image.open(io.BytesIO(preview)).format == "PNG"
    assert b"JavaScript" not in preview and path.read_bytes() == scripted_pdf()


def test_ing_19_a_locked_package_is_encrypted_and_not_clean(desk):
    plain = bytearray(zip_of([("说明文件.TXT", b"sample")]))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        plain[plain.index(mark) + at] |= 1
    submission = desk.checked(bytes(plain))
    assert submission.state == "failed" and "有密码保护" in said(submission)


def viruses(submission) -> str:
    check = custody.checks_of(OBJECT, submission.pk).first()
    return custody.results(check.pk, is_summary=True).get(code="YJ-4-2").outcome


def test_ing_20_a_virus_is_found_in_a_file_and_in_a_zip_by_the_real_scanner(desk, clamd, settings):
    settings.LANTAI_CLAMD = clamd.address
    infected = holding(2, "附件.txt", EICAR), holding(3, "附件.zip", zip_of([("a.bin", b"x" + MARKER)]))
    submission = desk.checked(desk.transfer(item(1), *infected))
    assert (submission.state, viruses(submission)) == ("failed", "fail")
    found = {file.name: file.scan["threat"] for file in queries.infected_files(submission.pk)}
    assert found.keys() == {"附件.txt", "附件.zip"} and all(found.values())
    assert submission.items.get(item_key=code(1)).verdict == "passed"


@pytest.mark.parametrize("trouble", ["away", "60 days old"])
def test_ing_20_a_transfer_waits_while_the_scanner_cannot_vouch_and_goes_on_after(
    desk, clamd, settings, trouble
):
    data = desk.transfer(item(1))
    with running_clamd(made_at=datetime.now(UTC) - timedelta(days=60)) as old:
        settings.LANTAI_CLAMD = "/nowhere/clamd.socket" if trouble == "away" else old.address
        submission = desk.send(data)
        run = desk.check(submission)
    assert run.state == "failed" and submission.state == "submitted", "nothing was decided"
    settings.LANTAI_CLAMD = clamd.address
    assert desk.check(submission).state == "succeeded"
    assert (submission.state, viruses(submission)) == ("passed", "pass")


def test_ing_20_by_the_blocking_policy_old_definitions_do_not_pass(desk, settings):
    settings.LANTAI_SCAN_POLICY = "block"
    with running_clamd(made_at=datetime.now(UTC) - timedelta(days=60)) as old:
        settings.LANTAI_CLAMD = old.address
        submission = desk.checked(desk.transfer(item(1)))
    assert submission.state == "failed" and viruses(submission) != "pass"


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.png", flood()), ("a.tif", wide_tiff()), ("a.svg", SVG), ("a.jpg", picture("JPEG")[:-2000])],
    ids=["png", "tiff", "svg", "cut"],
)
def test_ing_21_a_picture_that_floods_or_ends_early_is_refused_and_the_worker_lives(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.png").write_bytes(picture("PNG"))
    try:
        made = sandbox.call(RENDER, path=tmp_path / name, page=1, width_px=40, memory_mb=512)
    except (Refusal, ParseKilled):
        pass
    else:
        assert name in ("a.svg", "a.jpg") and max(Image.open(io.BytesIO(made)).size) < 4096, "drawn small"
    good = sandbox.call(RENDER, path=tmp_path / "good.png", page=1, width_px=40)
    assert Image.open(io.BytesIO(good)).size == (40, 30)


@pytest.mark.parametrize("how", ["memory", "time", "crash"])
def test_ing_22_a_parser_out_of_hand_is_ended_its_transfer_failed_and_the_next_one_tested(desk, calls, how):
    def go_mad(**_arguments):
        return calls.original(MISBEHAVE, how=how, timeout_s=1 if how == "time" else 120, memory_mb=256)

    target = "lantai.kit.packages.reading:read_unpacked"
    calls.instead[target] = go_mad
    submission = desk.checked(desk.transfer(item(1)))
    assert submission.state == "failed" and "没有接收任何内容" in said(submission)
    del calls.instead[target]
    assert desk.checked(desk.transfer(item(2), name="下一包")).state == "passed"


@pytest.mark.parametrize(
    ("how", "why"), [("memory", Killed.MEMORY), ("time", Killed.TIMEOUT), ("crash", Killed.CRASH)]
)
def test_ing_22_limits_end_the_parser_and_the_next_call_is_answered(tmp_path, how, why):
    with pytest.raises(ParseKilled) as killed:
        sandbox.call(MISBEHAVE, how=how, timeout_s=1 if how == "time" else 120, memory_mb=256)
    assert killed.value.reason is why
    (tmp_path / "a.png").write_bytes(picture("PNG"))
    assert sandbox.call("lantai.kit.formats.examine:examine", path=tmp_path / "a.png")["state"] == "ok"


def test_ing_18_the_original_of_a_refused_transfer_is_kept_as_it_came(desk, mixed):
    with blobs.open_blob(mixed.blob_key) as kept:
        assert hashlib.sha512(kept.read()).hexdigest() == mixed.content_sha512
