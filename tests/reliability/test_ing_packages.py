"""ING 1–6, 26, 27: what a package says of itself is held against what lies in it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from lantai.apps.catalogue.models import Description
from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.intake import queries, services
from lantai.apps.intake.types import CannotAccept
from lantai.kit.evidence.verify import verify_bytes
from lantai.kit.packages.bagit import write_bag
from lantai.kit.packages.ocfl.reader import open_object
from lantai.kit.packages.transfer import OutgoingItem
from lantai.platform.jobs.models import Run
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger.models import Entry
from tests.apps.intake.conftest import Desk, code, item, problems, said, sheet

pytestmark = pytest.mark.django_db  # so that the region of the module finds its database


def bag_of(desk: Desk, *items: OutgoingItem) -> Path:
    """A transfer of DA/T 93 in a bag."""
    inner = desk.transfer(*items, name="里")
    files = [(p.relative_to(inner).as_posix(), p) for p in sorted(inner.rglob("*")) if p.is_file()]
    return write_bag(desk.folder / "bag", files)


def nothing_is_in_store(desk: Desk) -> bool:
    """No package, no description, no object on the disk."""
    ocfl = desk.folder / "store" / "ocfl"
    kept = list(ocfl.rglob("inventory.json")) if ocfl.exists() else []
    return not (Package.objects.exists() or Description.objects.exists() or kept)


def cannot_be_accepted(desk: Desk, submission) -> bool:
    with pytest.raises(CannotAccept):
        services.accept_submission(desk.ctx("archivist"), submission_id=submission.pk)
    return True


def of_files(number: int, count: int) -> OutgoingItem:
    """One item with a main file and attachments."""
    names = [f"通知{number}.pdf", *(f"附件{n}.pdf" for n in range(1, count))]
    contents = [sheet(f"{number} {n}") for n in range(count)]
    first = item(number)
    metadata = {
        **first.metadata,
        "计算机文件名": names,
        "计算机文件大小": [str(len(content)) for content in contents],
        "页数": [str(count)],
        "文件组合类型": ["组合文件"],
    }
    held = [(name, [content]) for name, content in zip(names, contents, strict=True)]
    return replace(first, row=replace(first.row, page_count=str(count)), metadata=metadata, files=held)


@pytest.mark.parametrize(
    ("items", "files"),
    [(12, 3), pytest.param(250, 3, marks=pytest.mark.large)],
    ids=["48 files", "1000 files"],
)
def test_ing_01_a_valid_package_is_accepted_with_a_receipt_and_equal_digests(desk, items, files):
    bag = bag_of(desk, *(of_files(number, files) for number in range(1, items + 1)))
    sent = {p.relative_to(bag / "data"): p.read_bytes() for p in (bag / "data").rglob("*") if p.is_file()}
    assert len(sent) >= items * (files + 1)
    submission = desk.checked(bag)
    run = Run.objects.order_by("-pk").first()
    assert run.done == run.total >= len(sent) - items, "every file moved the progress"
    assert submission.state == "passed", problems(submission)
    desk.accept(submission)
    assert submission.state == "accepted"
    assert (submission.item_count, submission.accepted_item_count) == (items, items)
    package = Package.objects.get()
    stored = open_object(custody.object_folder(package.object_id))
    held = {
        one.logical_path: (one.sha256, one.sha512, one.size_bytes)
        for one in ContentFile.objects.filter(package=package)
    }
    for path, content in sent.items():
        (logical,) = [name for name in held if name.endswith(f"/{path.as_posix()}")]
        digests = hashlib.sha256(content).hexdigest(), hashlib.sha512(content).hexdigest()
        assert held[logical] == (*digests, len(content)), path
        assert stored.file(logical).path.read_bytes() == content
    assert verify_bytes(queries.kept(submission.receipt_key), ledger.trust_store()).ok


def line_of(manifest: Path, name: str) -> int:
    """The number of the line that ends with ``name``."""
    lines = manifest.read_text("utf-8").splitlines()
    (number,) = [number for number, line in enumerate(lines, 1) if line.endswith(f"/{name}")]
    return number


def test_ing_02_a_file_that_the_manifest_lists_and_nobody_sent_rejects_the_whole_batch(desk):
    bag = bag_of(desk, item(1), item(2))
    (bag / "data" / "J109" / "2019" / code(2) / "通知2.pdf").unlink()
    submission = desk.checked(bag)
    assert submission.state == "failed"
    told = said(submission)
    for name in ("manifest-sha512.txt", "manifest-sha256.txt"):
        if (bag / name).exists():
            assert f"“{name}”第 {line_of(bag / name, '通知2.pdf')} 行列出的文件" in told
    assert "通知2.pdf" in told and "manifest-sha512.txt" in told
    assert cannot_be_accepted(desk, submission) and nothing_is_in_store(desk)


def test_ing_02_a_line_of_a_manifest_that_is_no_line_is_told_by_its_number(desk):
    bag = bag_of(desk, item(1), item(2))
    manifest = bag / "manifest-sha512.txt"
    manifest.write_text(manifest.read_text("utf-8") + "not-a-line\n", encoding="utf-8")
    number = len(manifest.read_text("utf-8").splitlines())
    submission = desk.checked(bag)
    assert submission.state == "failed"
    assert f"“manifest-sha512.txt”第 {number} 行" in said(submission)
    assert nothing_is_in_store(desk)


def test_ing_03_a_file_that_nothing_lists_is_reported_and_rejects(desk):
    bag = bag_of(desk, item(1), item(2))
    (bag / "data" / "J109" / "2019" / "夹带.exe").write_bytes(b"MZ sample")
    submission = desk.checked(bag)
    assert submission.state == "failed" and "夹带.exe" in said(submission)
    assert cannot_be_accepted(desk, submission) and nothing_is_in_store(desk)


def test_ing_04_one_flipped_byte_names_its_file_and_touches_no_other(desk):
    bag = bag_of(desk, item(1), item(2))
    path = bag / "data" / "J109" / "2019" / code(1) / "通知1.pdf"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    submission = desk.checked(bag)
    assert (submission.state, submission.failed_item_count) == ("failed", 1)
    told = "\n".join(queries.reasons(submission.items.get(item_key=code(1))))
    assert "通知1.pdf" in told
    assert f"“manifest-sha512.txt”第 {line_of(bag / 'manifest-sha512.txt', '通知1.pdf')} 行" in said(
        submission
    )
    assert submission.items.get(item_key=code(2)).verdict == "passed"
    assert nothing_is_in_store(desk)


def test_ing_05_the_same_package_sent_again_is_one_accession_with_the_first_receipt(desk):
    bag = bag_of(desk, item(1), item(2))
    waiting = desk.send(bag)
    assert desk.send(bag).pk == waiting.pk, "retried after a timeout"
    submission = desk.accepted(bag)
    receipt = queries.kept(submission.receipt_key)
    again = desk.send(bag)
    assert again.pk == submission.pk and queries.kept(again.receipt_key) == receipt
    assert Package.objects.count() == 1 and Description.objects.filter(level="item").count() == 2


def test_ing_06_one_content_under_two_codes_is_warned_about_stored_once_and_described_twice(desk):
    first, second = item(1), item(2)
    ((_name, content),) = first.files
    metadata = {**second.metadata, "计算机文件大小": [str(sum(map(len, content)))]}
    submission = desk.accepted(
        desk.transfer(first, replace(second, metadata=metadata, files=[("通知2.pdf", content)]))
    )
    report = custody.results(submission.check_run_id, is_summary=False)
    warned = [line for line in report if line.code == "YJ-1-8-2"]
    assert [line.outcome for line in warned] == ["warn"]
    assert code(1) in str(vars(warned[0])) and code(2) in str(vars(warned[0])), "both are named"
    package = Package.objects.get()
    assert Description.objects.filter(package=package).count() == 2
    stored = open_object(custody.object_folder(package.object_id))
    paths = {
        stored.file(file.logical_path).path
        for file in ContentFile.objects.filter(original_name__contains="通知")
    }
    assert len(paths) == 1


def test_ing_26_metadata_that_do_not_match_the_content_are_reported(desk):
    pages, size, title = item(1, 页数="9"), item(2), item(3)
    size = replace(size, metadata={**size.metadata, "计算机文件大小": ["1"]})
    title = replace(title, row=replace(title.row, title="另一个题名"))
    folder = desk.transfer(pages, size, title, item(4))
    path = folder / "J109" / "2019" / code(4) / "通知4.pdf"
    path.write_bytes(path.read_bytes() + b"\n%")
    submission = desk.checked(folder)
    assert submission.state == "failed"
    told = {
        number: "\n".join(queries.reasons(submission.items.get(item_key=code(number))))
        for number in (2, 3, 4)
    }
    assert "YJ-1-10" in told[2], told
    assert "YJ-1-14-2" in told[3], told
    assert "YJ-1-1-1" in told[4], told
    lines = list(custody.results(submission.check_run_id, is_summary=False))
    assert any("另一个题名" in str(line.params) and line.code == "YJ-1-14-2" for line in lines)
    assert any(line.code == "YJ-2-7" and code(1) in str(vars(line)) for line in lines)


@pytest.mark.parametrize("ahead", [timedelta(days=3)], ids=["three days"])
def test_ing_27_a_clock_of_the_sender_that_is_ahead_is_recorded_and_the_order_is_that_of_receipt(desk, ahead):
    later = (timezone.now() + ahead).isoformat(timespec="seconds")
    first = desk.accepted(desk.transfer(item(1, 行为时间=later)))
    second = desk.accepted(desk.transfer(item(2), name="二"))
    lines = custody.results(first.check_run_id, is_summary=False)
    assert [line.outcome for line in lines if line.code == "YJ-1-5-2"] == ["warn"]
    assert first.number < second.number
    assert first.package.pk < second.package.pk


def test_ing_27_a_clock_here_that_falls_back_an_hour_leaves_the_order_of_receipt(desk, monkeypatch):
    now, hour = timezone.now, timedelta(hours=1)
    # Both on this day: before it nobody here had a duty, nor its year a number.
    begun = now() if timezone.localdate(now() - hour) == timezone.localdate() else now() + hour
    sent = []
    for number, told in enumerate((begun, begun - hour), 1):
        apart = told - now()
        with monkeypatch.context() as clock:
            clock.setattr(timezone, "now", lambda apart=apart: now() + apart)
            sent.append(desk.accepted(desk.transfer(item(number), name=f"第{number}次")))
    first, second = sent
    assert (second.state, problems(second)) == ("accepted", problems(first))
    assert second.submitted_at < first.submitted_at and first.number < second.number
    said = Entry.objects.filter(act="intake:submission:submitted").order_by("pk")
    assert [*said.values_list("object_id", flat=True)] == [str(first.pk), str(second.pk)]
    assert verify_bytes(queries.kept(second.receipt_key), ledger.trust_store()).ok
