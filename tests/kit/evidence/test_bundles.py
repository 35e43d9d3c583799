"""Evidence bundles."""

from __future__ import annotations

import io
import zipfile

import pytest

from lantai.kit.evidence import bundles
from lantai.kit.evidence.verify import verify_bytes, verify_file
from tests.kit.evidence import issuing

FILES = {
    "content/通知.txt": "样例通知".encode(),
    "content/a.bin": bytes(range(256)) * 50,
    "trust.txt": b"# none\n",
}


@pytest.fixture(scope="module")
def archives():
    return issuing.Archives()


def manifest_of(files):
    return bundles.bundle_manifest(bundles.describe(path, [data]) for path, data in files.items())


@pytest.fixture(scope="module")
def parts(archives):
    manifest = manifest_of(FILES)
    return manifest, archives.receipt(bundles.bundle_statement(manifest, {"title": "样例证据包"}))


@pytest.fixture(scope="module")
def bundle(parts):
    out = io.BytesIO()
    bundles.write_bundle(out, *parts, {path: [data] for path, data in FILES.items()})
    return out.getvalue()


def zipped(members, compression=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def members_of(parts, **changes):
    manifest, receipt = parts
    held = {"manifest.json": manifest, "receipt.json": receipt, **FILES} | changes
    return [(name, data) for name, data in held.items() if data is not None]


def reasons(verdict):
    return [str(check) for check in verdict.checks if not check.ok]


def test_a_bundle_is_good_under_the_archives_keys(archives, bundle, tmp_path):
    verdict = verify_bytes(bundle, archives.trust())
    assert verdict.ok, reasons(verdict)
    assert (verdict.kind, verdict.facts["files"]) == ("bundle", 3)
    assert verdict.facts["statement.title"] == "样例证据包"
    path = tmp_path / "bundle.zip"
    path.write_bytes(bundle)
    assert verify_file(path, archives.trust()) == verdict


def test_the_same_evidence_gives_the_same_bundle(parts, bundle):
    again = io.BytesIO()
    bundles.write_bundle(again, *parts, {path: io.BytesIO(data) for path, data in FILES.items()})
    assert again.getvalue() == bundle


def test_a_bundle_repacked_by_another_program_still_verifies(archives, parts):
    assert verify_bytes(zipped(members_of(parts), zipfile.ZIP_DEFLATED), archives.trust()).ok


@pytest.mark.parametrize(
    "changes",
    [
        {"content/a.bin": b"\x01" + FILES["content/a.bin"][1:]},
        {"content/a.bin": FILES["content/a.bin"] + b"x"},
        {"content/a.bin": None},
        {"content/b.bin": b"more"},
        {"trust.txt": b"# other\n"},
        {"manifest.json": None},
        {"receipt.json": None},
        {"receipt.json": b"{}"},
        {"manifest.json": b"[]"},
        {"manifest.json": b'{"files":[],"lantai":"bundle/v1"}'},
        {"manifest.json": manifest_of({"content/a.bin": b"x"})},
    ],
)
def test_a_changed_bundle_is_refused(archives, parts, changes):
    assert not verify_bytes(zipped(members_of(parts, **changes)), archives.trust()).ok


def test_a_file_and_manifest_changed_together_are_refused(archives, parts):
    changed = FILES | {"content/a.bin": b"forged"}
    members = members_of(parts, **changed, **{"manifest.json": manifest_of(changed)})
    verdict = verify_bytes(zipped(members), archives.trust())
    assert reasons(verdict) == ["清单与登记时的摘要不一致。"]


def test_changed_content_bytes_in_the_zip_are_caught(archives, bundle):
    for path, data in FILES.items():
        at = bundle.index(data)
        for offset in range(0, len(data), 97):
            assert not verify_bytes(issuing.flipped(bundle, at + offset), archives.trust()).ok, path


def test_damage_anywhere_gives_a_verdict_and_not_a_traceback(archives, bundle):
    for at in range(0, len(bundle), 53):
        verify_bytes(issuing.flipped(bundle, at, 0xFF), archives.trust())
        assert not verify_bytes(bundle[:at], archives.trust()).ok


def test_a_bomb_is_not_unpacked(archives, parts):
    members = members_of(parts, **{"manifest.json": b"0" * 50_000_000})
    verdict = verify_bytes(zipped(members, zipfile.ZIP_DEFLATED), archives.trust())
    assert reasons(verdict) == ["证据包中的 manifest.json 过大。"]


def test_a_name_used_twice_is_refused(archives, parts):
    with pytest.warns(UserWarning, match="Duplicate"):
        doubled = zipped([*members_of(parts), ("trust.txt", FILES["trust.txt"])])
    assert not verify_bytes(doubled, archives.trust()).ok


@pytest.mark.parametrize("path", ["../a", "/a", "a//b", "manifest.json", "receipt.json", "", "a\\b"])
def test_an_unsafe_path_is_not_described(path):
    with pytest.raises(bundles.BadBundle):
        bundles.bundle_manifest([bundles.describe(path, [b"x"])])


def test_a_file_that_changed_since_it_was_described_is_not_bundled(parts):
    for sources in ({**FILES, "trust.txt": b"other"}, {"trust.txt": b""}):
        with pytest.raises(bundles.BadBundle):
            bundles.write_bundle(io.BytesIO(), *parts, {path: [data] for path, data in sources.items()})
