"""`lantai-kit check`: one command for a clerk, with the report in every form."""

from __future__ import annotations

import json
import zipfile

import pytest

from lantai.kit.cli import DONE, NOT_GOOD, USAGE, main
from lantai.kit.fourprops import Outcome, Report
from tests.kit.selfcheck.samples import (
    authority,
    good_items,
    item,
    write_as_bag,
    write_as_signed_eep,
    write_as_transfer,
)

AT = ["--on", "2024-06-03", "--processes", "1"]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return write_as_transfer(tmp_path_factory.mktemp("good") / "样例包", good_items())


def test_a_good_package_is_told_in_four_bars_and_what_is_left_to_do(good, capsys):
    assert main(["check", str(good), *AT]) == DONE
    told = capsys.readouterr().out
    assert "文书类电子档案检测方案，3 件，不合格 0 件" in told
    assert all(f"{name}  █" in told for name in ("真实性", "完整性", "可用性"))
    assert "YJ-4-2" in told  # nobody scanned for viruses, and the report does not pretend


def test_a_bad_archive_names_rule_place_reason_and_remedy_and_every_file_says_the_same(tmp_path, capsys):
    folder = write_as_bag(tmp_path / "包", [item(1), item(2, 责任者=None)])
    archive = tmp_path / "包.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for path in folder.rglob("*"):
            zipped.write(path, path.relative_to(folder.parent))
    outputs = [arg for kind in ("json", "xlsx", "html") for arg in (f"--{kind}", str(tmp_path / f"r.{kind}"))]
    assert main(["check", str(archive), "--kind", "document", *AT, *outputs]) == NOT_GOOD
    told = capsys.readouterr().out
    assert "YJ-2-3" in told and "Z109-WS·2011-Y-BGS-0002 · 责任者" in told and "→ 请更正元数据" in told
    report = Report.from_json((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert {one.key for one in report.failed_items} == {"Z109-WS·2011-Y-BGS-0002"}
    assert "YJ-2-3" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert zipfile.is_zipfile(tmp_path / "r.xlsx")


def test_what_is_no_package_fails_its_structure_and_says_what_was_looked_for(tmp_path, capsys):
    (tmp_path / "别的").mkdir()
    (tmp_path / "别的" / "a.txt").write_text("样例")
    assert main(["check", str(tmp_path / "别的"), *AT, "--json", str(tmp_path / "r.json")]) == NOT_GOOD
    found = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    structure = next(one for one in found["results"] if one["code"] == "YJ-1-13")
    assert "DA/T 93" in str(structure["findings"][0]["params"])
    assert "YJ-1-13" in capsys.readouterr().out


def test_an_archives_own_scheme_may_be_given(good, tmp_path, capsys):
    own = tmp_path / "own.toml"
    own.write_text(
        'slug="own"\ntitle="本馆方案"\nedition="2"\nelements="da_t_46"\n[checks]\n"1-2"={transfer="block"}',
        encoding="utf-8",
    )
    assert main(["check", str(good), "--scheme", str(own), *AT]) == DONE
    own.write_text(own.read_text(encoding="utf-8") + '\n"9-9"={transfer="block"}', encoding="utf-8")
    assert main(["check", str(good), "--scheme", str(own), *AT]) == USAGE
    assert "9-9" in capsys.readouterr().err


def test_a_path_that_is_not_there_could_not_be_checked(tmp_path, capsys):
    assert main(["check", str(tmp_path / "没有"), *AT]) == USAGE
    assert "没有" in capsys.readouterr().err


def test_signatures_of_envelopes_are_judged_by_the_certificates_that_were_given(tmp_path):
    package, trusted = write_as_signed_eep(tmp_path / "包", [item(1)]), tmp_path / "证书"
    trusted.mkdir()
    (trusted / "样例.cer").write_bytes(authority("sm2-sm3").certificate)
    main(["check", str(package), *AT, "--trust", str(trusted), "--json", str(tmp_path / "r.json")])
    report = Report.from_json((tmp_path / "r.json").read_text(encoding="utf-8"))
    (signatures,) = [one for one in report.results if one.code == "YJ-1-1-2"]
    assert (signatures.outcome, signatures.findings) == (Outcome.PASS, ())


def test_another_release_of_pronom_tells_the_formats(tmp_path, capsys):
    release, package, report = tmp_path / "pronom", tmp_path / "样例包", tmp_path / "r.json"
    release.mkdir()
    (release / "formats-v120.xml").write_text(
        r"<formats><format><puid>test/120</puid><name>样例格式</name><extension>pdf</extension><signature><pattern>"
        r"<position>BOF</position><regex>(?s)\A%PDF</regex></pattern></signature></format></formats>"
    )
    write_as_transfer(package, [item(1)])
    asked = ["check", str(package), "--kind", "document", *AT, "--json", str(report)]
    main([*asked, "--pronom", str(release)])
    assert "test/120" in report.read_text(encoding="utf-8")  # a format that no scheme allows
    main(asked)
    assert "test/120" not in report.read_text(encoding="utf-8")
    capsys.readouterr()


def test_a_folder_without_a_release_of_pronom_is_refused_before_the_work(good, tmp_path, capsys):
    assert main(["check", str(good), *AT, "--pronom", str(tmp_path)]) not in (DONE, NOT_GOOD)
    assert "PRONOM" in capsys.readouterr().err
