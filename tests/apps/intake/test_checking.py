from __future__ import annotations

import io
import json
import struct
import zipfile

import pytest

from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import CheckRun, Package
from lantai.apps.intake import quarantine, queries, services
from lantai.apps.intake.models import SubmissionItem
from lantai.kit.packages.bagit import write_bag
from lantai.kit.packages.ocfl.reader import open_object
from tests.apps.intake.conftest import code, item, problems, said, tar_of, zip_of, zipped


def nothing_was_taken_in(submission):
    """A refused package leaves its original and its report, and nothing else."""
    return not Package.objects.exists() and not quarantine.folder_of(submission).exists()


def test_a_well_made_package_passes_with_the_checks_of_persons_left_open(desk):
    submission = desk.checked(desk.transfer())
    assert submission.state == "passed", problems(submission)
    assert (submission.item_count, submission.declared_item_count, submission.failed_item_count) == (2, 2, 0)
    assert queries.open_checks(submission) > 0
    assert set(submission.items.values_list("verdict", flat=True)) == {"passed"}
    first = submission.files.get(name="通知1.pdf")
    assert (first.mime, first.state, first.page_count) == ("application/pdf", "ok", 1)
    assert nothing_was_taken_in(submission)


def test_the_test_is_kept_as_a_report_of_the_archives(desk):
    submission = desk.checked(desk.transfer())
    check = CheckRun.objects.get()
    assert (check.stage, check.org_id, check.item_count) == ("transfer", desk.region.archives.pk, 2)
    assert check.operator_name == "系统"  # not the sender
    assert submission.check_run_id == check.pk
    assert [bar.failed for bar in queries.bars(submission)] == [0, 0, 0, 0]


def test_names_in_the_encoding_of_older_windows_are_read(desk):
    folder = desk.transfer(encoding="GB18030")
    members = [
        (path.relative_to(folder).as_posix().encode("gb18030"), path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    submission = desk.checked(tar_of(members))
    assert submission.state == "passed", problems(submission)
    assert submission.items.get(item_key=code(1)).title == "关于样例事项1的通知"
    odd = submission.files.exclude(raw_name_hex="")
    assert odd.exists(), "the bytes of a name that was not in UTF-8 are kept"
    assert all(bytes.fromhex(file.raw_name_hex).decode("gb18030") == file.path for file in odd)
    assert desk.accept(submission).state == "succeeded"
    stored = open_object(custody.object_folder(submission.package.object_id))
    names = json.loads(stored.file("metadata/raw-names.json").path.read_bytes())
    assert names == {f"content/{file.path}": file.raw_name_hex for file in odd}


def test_a_package_in_a_bag_is_held_against_the_manifests_of_the_bag(desk):
    inner = desk.transfer()
    files = [(p.relative_to(inner).as_posix(), p) for p in sorted(inner.rglob("*")) if p.is_file()]
    bag = write_bag(desk.folder / "bag", files)
    submission = desk.checked(bag)
    assert submission.state == "passed", problems(submission)
    assert submission.files.get(name="通知1.pdf").declared["digests"].keys() >= {"sha512", "sm3"}
    spoiled = bag / "data" / "J109" / "2019" / code(1) / "通知1.pdf"
    spoiled.write_bytes(spoiled.read_bytes()[:-1] + b"\0")
    assert "manifest-sha512.txt" in said(desk.checked(bag))


def test_a_bag_of_plain_files_has_an_item_for_each_without_metadata(desk):
    bag = write_bag(desk.folder / "bag", [("a.txt", [b"sample"])])
    submission = desk.checked(bag)
    assert submission.state == "failed"
    assert submission.item_count == 1 and "缺少必备的元数据项" in said(submission)


def test_an_unknown_layout_is_named(desk):
    submission = desk.checked(zip_of([("readme.txt", b"sample")]))
    assert submission.state == "failed"
    assert "不是能识别的档案包" in said(submission)
    assert nothing_was_taken_in(submission)


def test_a_file_that_is_no_archive_is_named(desk):
    submission = desk.checked(b"this is not an archive at all" * 40)
    assert "不能识别这个文件" in said(submission)
    assert nothing_was_taken_in(submission)


def test_a_zip_bomb_is_refused_for_its_ratio(desk):
    submission = desk.checked(zip_of([("说明文件.TXT", bytes(40 * 1024 * 1024))]))
    assert submission.state == "failed"
    assert "像是压缩炸弹" in said(submission)
    assert nothing_was_taken_in(submission)


@pytest.mark.parametrize("name", ["../out.txt", "/etc/out.txt", "a/../../out.txt", "C:\\out.txt"])
def test_names_that_lead_outside_are_refused(desk, name):
    submission = desk.checked(zip_of([(name, b"sample"), ("说明文件.TXT", b"x")]))
    assert submission.state == "failed"
    assert "名称不安全" in said(submission), problems(submission)
    assert nothing_was_taken_in(submission)
    assert not list(desk.folder.rglob("out.txt"))


def test_a_link_in_the_package_is_refused(desk):
    info = zipfile.ZipInfo("link")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(info, b"/etc/passwd")
    assert "符号链接" in said(desk.checked(made.getvalue()))


def test_an_encrypted_package_is_refused_with_the_name_of_the_file(desk):
    plain = bytearray(zip_of([("说明文件.TXT", b"sample")], method=zipfile.ZIP_STORED))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = plain.index(signature) + offset
        plain[at : at + 2] = struct.pack("<H", struct.unpack("<H", plain[at : at + 2])[0] | 1)
    assert "有密码保护" in said(desk.checked(bytes(plain)))


def test_a_flipped_byte_is_found_and_fails_its_item_alone(desk):
    folder = desk.transfer()
    path = folder / "J109" / "2019" / code(1) / "通知1.pdf"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    submission = desk.checked(folder)
    assert submission.state == "failed" and submission.failed_item_count == 1
    bad = submission.items.get(verdict="failed")
    assert bad.item_key == code(1)
    told = "\n".join(queries.reasons(bad))
    assert "摘要与声明不符" in told and "YJ-1-1-1" in told and "YJ-1-14" in told
    assert submission.items.get(item_key=code(2)).verdict == "passed"


def test_a_file_that_the_manifest_lists_and_nobody_sent_is_named(desk):
    folder = desk.transfer(item(1), item(2, name="附件.pdf"))
    (folder / "J109" / "2019" / code(2) / "附件.pdf").unlink()
    submission = desk.checked(folder)
    assert submission.state == "failed"
    bad = submission.items.get(verdict="failed")
    assert bad.item_key == code(2)
    told = "\n".join(queries.reasons(bad))
    assert "附件.pdf" in told and "不存在" in told


def test_an_entity_in_metadata_is_not_followed_and_fails_its_item(desk):
    folder = desk.transfer()
    (desk.folder / "secret.txt").write_text("the-secret-of-the-server")
    path = folder / "J109" / "2019" / code(1) / f"{code(1)}元数据.XML"
    hostile = f"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file://{desk.folder}/secret.txt">]>
    <文件元数据><题名>&x;</题名></文件元数据>"""
    path.write_text(hostile, encoding="utf-8")
    submission = desk.checked(folder)
    assert submission.state == "failed"
    assert submission.items.get(verdict="failed").item_key == code(1)
    assert "无法读取" in said(submission)
    assert "the-secret-of-the-server" not in said(submission)
    assert "the-secret-of-the-server" not in str(submission.items.get(item_key=code(1)).metadata)


def test_a_description_with_a_gap_fails_the_item_with_the_element_named(desk):
    submission = desk.checked(desk.transfer(item(1), item(2, 责任者="")))
    bad = submission.items.get(verdict="failed")
    assert bad.item_key == code(2)
    assert "责任者" in "\n".join(queries.reasons(bad))


def test_fewer_items_than_announced_fail_the_package(desk):
    folder = desk.transfer()
    text = folder / "说明文件.TXT"
    text.write_text(text.read_text("utf-8").replace("档案数量: 2", "档案数量: 3"), encoding="utf-8")
    assert "声明 3 件，实有 2 件" in said(desk.checked(folder))


def test_a_fonds_number_of_somebody_else_is_told(desk):
    other = "Z001-WS·2019·Y·BGS-0001"
    submission = desk.checked(desk.transfer(item(1, 档号=other, 全宗号="Z001")))
    assert "不是本批移交的全宗" in said(submission)
    assert submission.items.get().verdict == "failed"


def test_a_code_that_the_archives_holds_already_fails_the_item(desk):
    desk.accepted(desk.transfer())
    again = desk.transfer(item(1, 题名="另一份样例"), name="又一包")
    submission = desk.checked(again)
    assert submission.state == "failed"
    assert "已用于" in said(submission)
    assert submission.items.get().verdict == "failed"


def test_the_same_package_again_is_the_same_transfer(desk):
    data = zipped(desk.transfer())
    first, second = desk.send(data), desk.send(data)
    assert first.pk == second.pk
    assert desk.check(first).state == "succeeded"
    assert desk.send(data, role="archivist").pk == first.pk


def test_numbers_follow_one_another_in_the_year_of_the_agency(desk):
    numbers = [desk.send(zip_of([("a", str(n).encode())])).number for n in range(3)]
    year = numbers[0].split("-")[1]
    assert numbers == [f"YJH3-{year}-{n:04d}" for n in (1, 2, 3)]


def test_a_second_transfer_goes_on_with_the_numbers_of_the_first(desk):
    submission = desk.checked(desk.transfer(item(3), item(4)))
    assert submission.state == "passed"


def test_a_gap_within_a_transfer_is_told(desk):
    submission = desk.checked(desk.transfer(item(3), item(5)))
    assert submission.state == "failed"


def test_a_second_test_keeps_the_first_report_and_judges_anew(desk):
    submission = desk.checked(desk.transfer())
    services.check_again(desk.ctx("archivist"), submission_id=submission.pk)
    submission.refresh_from_db()
    assert submission.state == "submitted"
    desk.check(submission, role="archivist")
    assert submission.state == "passed"
    assert CheckRun.objects.count() == 2 and len(queries.checks_of(submission)) == 1
    assert SubmissionItem.objects.count() == 2


def test_a_corrupt_zip_is_said_to_be_damaged(desk):
    data = bytearray(zip_of([("说明文件.TXT", b"sample" * 100)]))
    data[40] ^= 0xFF
    assert "没有解开" in said(desk.checked(bytes(data)))
