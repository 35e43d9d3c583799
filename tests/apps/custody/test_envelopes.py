"""A package of DA/T 48 that lies among the files of an item is opened behind the walls of the sandbox."""

from __future__ import annotations

from lantai.apps.custody.services.examination import survey_files
from lantai.kit.packages.eep import Signer, write_original
from lantai.kit.selfcheck.envelopes import NAMES, STATE
from tests.kit.packages.eep.making import AT, CREATOR, key, two_documents


def test_a_package_among_files_is_opened_and_its_signature_judged(tmp_path):
    envelope = tmp_path / "0001.eep"
    record = two_documents(tmp_path)  # its sheet is no text at all
    write_original(envelope, record, creator=CREATOR, created_at=AT, signers=(Signer(key("sm2-sm3")),))
    (found,) = survey_files([(envelope, envelope.name)])
    kept = found.examination
    assert found.state == "ok"  # the package itself is well-formed: what lies in it is told beside
    assert kept["facts"][NAMES] == ["通知.txt", "附表.csv"]
    assert kept["facts"][STATE] != "ok"
    assert "附表.csv" in {problem["params"].get("file") for problem in kept["problems"]}
    assert [signature["state"] for signature in kept["signatures"]] == ["unverified"]
