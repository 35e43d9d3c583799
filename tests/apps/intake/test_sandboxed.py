"""What an agency sent is unpacked and read behind walls, and nothing that comes out of them is believed."""

from __future__ import annotations

import json
import os

import pytest

from lantai.apps.custody.models import Package
from lantai.apps.intake import quarantine, reading
from lantai.apps.intake.models import SubmissionFile, SubmissionItem
from lantai.kit.packages import reading as facts
from lantai.kit.packages.unpack import limits as refusals
from lantai.platform.sandbox import services as sandbox
from lantai.platform.sandbox.types import Killed, ParseKilled, ParseRefused, SandboxUnavailable
from tests.apps.intake.conftest import code, said

UNPACK, READ = "lantai.kit.packages.reading:unpack_into", "lantai.kit.packages.reading:read_unpacked"
MISBEHAVE = "lantai.platform.sandbox.probe:misbehave"


@pytest.fixture
def calls(monkeypatch):
    """Calls of the sandbox by target; a target in ``instead`` is answered by what stands there."""
    made, instead, original = [], {}, sandbox.call

    def call(target, **arguments):
        made.append(target)
        return instead[target](**arguments) if target in instead else original(target, **arguments)

    monkeypatch.setattr(sandbox, "call", call)
    call.made, call.instead, call.original = made, instead, original
    return call


def nothing_is_left(submission):
    entered = SubmissionItem.objects.exists() or SubmissionFile.objects.exists()
    return not (entered or Package.objects.exists() or quarantine.folder_of(submission).exists())


def test_a_package_is_unpacked_and_read_in_the_sandbox(desk, calls):
    desk.checked(desk.transfer())
    assert calls.made[:2] == [UNPACK, READ]


@pytest.mark.parametrize("target", [UNPACK, READ])
def test_where_nothing_confines_nothing_is_read_and_the_transfer_waits(desk, calls, target):
    def deny(**_arguments):
        raise SandboxUnavailable(reason="样例")

    calls.instead[target] = deny
    submission = desk.send(desk.transfer())
    run = desk.check(submission)
    assert run.state == "failed" and "不能隔离解析" in run.message
    assert submission.state == "checking"
    assert not SubmissionItem.objects.exists() and not SubmissionFile.objects.exists()
    calls.instead.clear()
    assert desk.check(submission).state == "succeeded"
    assert submission.state == "passed"


@pytest.mark.parametrize("target", [UNPACK, READ])
@pytest.mark.parametrize(
    ("how", "words"), [("memory", "内存超过 256 MB"), ("time", "超过 1 秒"), ("crash", "解析程序崩溃")]
)
def test_a_package_that_drives_its_reader_mad_is_ended_and_reported(desk, calls, target, how, words):
    def go_mad(**_arguments):
        return calls.original(MISBEHAVE, how=how, timeout_s=1 if how == "time" else 120, memory_mb=256)

    calls.instead[target] = go_mad
    submission = desk.checked(desk.transfer())
    assert submission.state == "failed"
    assert words in said(submission) and "没有接收任何内容" in said(submission)
    assert nothing_is_left(submission)


def test_the_time_for_a_package_is_limited(desk, monkeypatch):
    monkeypatch.setattr(reading, "LEAST_SECONDS", 0.001)
    submission = desk.checked(desk.transfer())
    assert submission.state == "failed" and "秒，已中止" in said(submission)
    assert nothing_is_left(submission)


def test_more_than_the_rule_allows_is_refused_in_its_own_words(desk, monkeypatch):
    monkeypatch.setattr(quarantine, "limits", lambda _on: refusals.Limits(total_bytes=4096))
    submission = desk.checked(desk.transfer())
    assert submission.state == "failed" and "超过上限 4096 字节" in said(submission)
    assert nothing_is_left(submission)


def test_trouble_of_the_machine_is_no_finding_about_the_package(desk, calls):
    def is_full(**_arguments):
        raise ParseRefused("存储空间不足", "StoreFull")

    calls.instead[UNPACK] = is_full
    submission = desk.send(desk.transfer())
    assert desk.check(submission).state == "failed"
    assert submission.state == "checking"


def file_line(**changed):
    plain = {"path": "a.pdf", "name": "a.pdf", "size_bytes": 1, "declared": {}, "is_missing": False}
    return json.dumps({**plain, **changed})


def item_line(**changed):
    plain = {"key": "1", "reference_code": "1", "title": "", "file_count": 0, "metadata": {}, "row": {}}
    return json.dumps({**plain, **changed})


ABOUT = json.dumps({"facts": {"kind": "transfer"}, "of_item": {}})
LIES = {
    "a file outside": {facts.LOOSE: file_line(path="../../ocfl/secret")},
    "a file by its place": {facts.LOOSE: file_line(path="/etc/passwd")},
    "a file behind a control sign": {facts.LOOSE: file_line(path="a\x01/../../../secret")},
    "a file of an item outside": {facts.ITEMS: f"{item_line(file_count=1)}\n{file_line(path='a/../../b')}"},
    "fewer files than it says": {facts.ITEMS: f"{item_line(file_count=2)}\n{file_line()}"},
    "fewer files than none": {facts.ITEMS: item_line(file_count=-1)},
    "a number for a text": {facts.ITEMS: item_line(title=1)},
    "a text for a number": {facts.LOOSE: file_line(size_bytes="1")},
    "no JSON": {facts.LOOSE: "{"},
    "JSON without end": {facts.LOOSE: "[" * 100_000},
    "no facts": {facts.ABOUT: "{}"},
    "a line without end": {facts.LOOSE: "x" * (facts.LONGEST_LINE_BYTES + 1)},
    "facts without end": {facts.ABOUT: " " * (facts.MOST_OF_PACKAGE_BYTES + 1)},
}


@pytest.mark.parametrize("lie", LIES)
def test_what_a_reader_in_hostile_hands_answers_is_not_believed(desk, calls, lie):
    def answer(*, out, **_arguments):
        for name, text in {facts.ITEMS: "", facts.LOOSE: "", facts.ABOUT: ABOUT, **LIES[lie]}.items():
            (out / name).write_text(text, encoding="utf-8")

    calls.instead[READ] = answer
    submission = desk.checked(desk.transfer())
    assert submission.state == "failed" and "不合规定" in said(submission)
    assert nothing_is_left(submission)


@pytest.mark.parametrize("name", [facts.ITEMS, facts.LOOSE, facts.ABOUT])
def test_facts_behind_a_link_are_not_read(tmp_path, calls, name):
    (tmp_path / "elsewhere").write_text(ABOUT, encoding="utf-8")

    def answer(*, out, **_arguments):
        for one in (facts.ITEMS, facts.LOOSE, facts.ABOUT):
            (out / one).write_text(ABOUT if one == facts.ABOUT else "", encoding="utf-8")
        (out / name).unlink()
        (out / name).symlink_to(tmp_path / "elsewhere")

    calls.instead[READ] = answer
    (tmp_path / "package").mkdir()
    with pytest.raises(ParseKilled) as garbled:
        read = reading.read_package(tmp_path / "package", tmp_path / "facts")
        list(read.items), list(read.loose_files)
    assert garbled.value.reason is Killed.GARBLED


def test_what_the_sandbox_has_unpacked_is_ours_alone_and_holds_no_links(desk):
    submission = desk.send(desk.transfer())
    package = quarantine.opened(submission)
    assert quarantine.folder_of(submission).stat().st_mode & 0o777 == 0o700
    found = [path.lstat() for path in (package, *package.rglob("*"))]
    assert {one.st_uid for one in found} == {os.getuid()}
    assert not [path for path in package.rglob("*") if path.is_symlink()]
    assert (package / "J109" / "2019" / code(1) / "通知1.pdf").read_bytes().startswith(b"%PDF")


def test_what_a_killed_run_left_half_unpacked_is_not_taken_for_a_package(desk):
    submission = desk.send(desk.transfer())
    left = quarantine.folder_of(submission) / "unpacking" / facts.PACKAGE
    left.mkdir(parents=True)
    (left / "half").write_bytes(b"x")
    assert not (quarantine.opened(submission) / "half").exists()


def test_items_are_taken_from_disk_one_after_the_other(desk):
    submission = desk.send(desk.transfer())
    read = reading.read_package(quarantine.opened(submission), quarantine.facts_of(submission))
    assert iter(read.items) is read.items
    assert [item.key for item in read.items] == [code(1), code(2)]
