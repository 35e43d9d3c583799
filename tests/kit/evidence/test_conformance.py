"""The three verifiers say the same of every altered bundle."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections import Counter
from functools import cache
from importlib import resources

import pytest

from lantai.kit.crypto.timestamps import token_of
from lantai.kit.evidence import SHA256, bundles, parse_proof, parse_receipt, stamps
from lantai.kit.evidence.standalone import verify as standalone
from lantai.kit.evidence.trust import TrustStore
from lantai.kit.evidence.verify import verify_bytes
from tests.kit.crypto import openssl
from tests.kit.evidence import alterations, conformance, issuing
from tests.kit.evidence.broken_zips import raw_is_good
from tests.kit.evidence.conformance import VALID


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return conformance.stamped_base(tmp_path_factory.mktemp("tsa"))


@pytest.fixture(scope="module")
def cases(base):
    return list(alterations.cases(base))


def ours(bundle, trust):
    verdict = verify_bytes(bundle, TrustStore.parse(trust))
    return VALID if verdict.ok else next(check.name for check in verdict.checks if not check.ok)


@pytest.fixture(scope="module", autouse=True)
def each_signature_once():
    """The script computes with numbers of Python; most cases hold the same signatures."""
    with pytest.MonkeyPatch.context() as patch:
        once = {verify: cache(verify) for _role, verify in standalone.KINDS.values()}
        for start, (role, verify) in standalone.KINDS.items():
            patch.setitem(standalone.KINDS, start, (role, once[verify]))
        yield


def by_script(bundle, trust):
    try:
        standalone.check_bundle(io.BytesIO(bundle), standalone.trusted(trust))
    except Exception as wrong:  # boundary: as in the script's own main
        return str(wrong) if isinstance(wrong, standalone.Wrong) else "form"
    return VALID


def test_there_are_more_than_fifty_alterations_each_with_a_name(cases):
    assert raw_is_good()
    assert len({one.name for one in cases}) == len(cases) > 60
    found = Counter(one.expected for one in cases)
    checks = {
        "form",
        "files",
        "statement",
        "inclusion",
        "signatures",
        "manifest",
        "cosignatures",
        "stamps",
        "anchors",
        "file",
    }
    assert set(found) == checks | {VALID}


def test_evi_62_lantai_kit_says_of_every_altered_bundle_what_is_wrong(cases):
    said = {one.name: ours(one.bundle, one.trust) for one in cases}
    assert said == {one.name: one.expected for one in cases}


def test_evi_62_the_script_of_the_standard_library_says_the_same(cases):
    said = {one.name: by_script(one.bundle, one.trust) for one in cases}
    assert said == {one.name: one.expected for one in cases}


def test_the_script_is_one_short_file_that_runs_by_itself(base, tmp_path):
    script = resources.files(standalone.__package__) / "verify.py"
    text = script.read_text("utf-8")
    assert len(text.splitlines()) < 300
    (tmp_path / "verify.py").write_text(text, "utf-8")
    good = conformance.written(base)
    for name, data in (
        ("good.zip", good),
        ("bad.zip", good[:-1]),
        ("receipt.json", base.members["receipt.json"]),
    ):
        (tmp_path / name).write_bytes(data)
    (tmp_path / "trust.txt").write_text(base.trust, "utf-8")

    def run(*words):
        command = [sys.executable, "-I", "-S", "verify.py", *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, encoding="utf-8")
        return done.returncode, done.stdout

    assert run("receipt.json", "trust.txt")[0] == 0
    code, said = run("good.zip", "trust.txt")
    assert (code, said.startswith("VALID")) == (0, True) and "样例证据包" in said
    assert run("bad.zip", "trust.txt") == (1, "INVALID 无效: form\n")
    assert run("good.zip")[0] == 2
    code, said = run("证明.pdf", "trust.txt")
    assert (code, "verify.html" in said) == (2, True)


@openssl.needs_openssl
def test_evi_62_the_stamp_in_a_bundle_is_checked_by_openssl(base, tmp_path):
    with zipfile.ZipFile(io.BytesIO(conformance.written(base))) as archive:
        (tmp_path / "1.tsr").write_bytes(archive.read("stamps/1.tsr"))
        receipt = archive.read("receipt.json")
    (tmp_path / "checkpoint").write_text(parse_proof(parse_receipt(receipt)[2]).note.text, "utf-8")
    root = base.stamper.folder / "root.pem"
    words = ["-verify", "-data", "checkpoint", "-in", "1.tsr", "-CAfile", root]
    openssl.openssl("ts", *words, cwd=tmp_path)
    token = token_of((tmp_path / "1.tsr").read_bytes(), imprint=SHA256.digest(base.note.text.encode()))
    (tmp_path / "1.tsr").write_bytes(stamps.response_of(token))
    openssl.openssl("ts", *words, cwd=tmp_path)


@openssl.needs_openssl
def test_a_stamp_with_a_broken_signature_states_no_time(base):
    broken = issuing.flipped(base.added["stamps/1.tsr"], -1)
    verdict = verify_bytes(
        conformance.zipped(base.members | {"stamps/1.tsr": broken}), TrustStore.parse(base.trust)
    )
    assert verdict.ok and "stamps/1.tsr" not in verdict.facts
    whole = verify_bytes(conformance.written(base), TrustStore.parse(base.trust))
    assert "stamper" in str(whole.facts["stamps/1.tsr"])


def test_what_the_issuer_may_not_add_is_not_added(base):
    for name in ("stamps/a b.tsr", "more", "manifest.json", conformance.A_BIN):
        with pytest.raises(bundles.BadBundle):
            conformance.written(base, {name: b"x"})


def test_a_name_that_no_verifier_would_read_is_not_written(base):
    path = "content/" + "长" * 400
    manifest = conformance.manifest_of({path: b"x"})
    with pytest.raises(bundles.BadBundle):
        bundles.write_bundle(io.BytesIO(), manifest, base.receipt(manifest), {path: [b"x"]})
