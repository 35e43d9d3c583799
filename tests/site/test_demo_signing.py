"""The demo's office is made anew in every run; what it signed in an earlier one stays trusted."""

from __future__ import annotations

from datetime import UTC, datetime

from lantai.kit.crypto.signatures import SignatureState
from lantai.kit.crypto.trust import CertificateTrust, judge_certificate
from lantai.site.demo import signing


def test_a_second_run_of_the_demo_leaves_the_seals_of_the_first_trusted(tmp_path):
    offices = []
    for _run in range(2):
        signing._authority.cache_clear()
        signing.office_key.cache_clear()
        signing.office_seal.cache_clear()
        signing.trust_authority(tmp_path)
        offices.append(signing.office_key().certificate)
    trust = CertificateTrust.load(tmp_path)
    assert offices[0] != offices[1]
    for office in offices:
        verdict = judge_certificate(office, trust=trust, at=datetime(2025, 5, 20, tzinfo=UTC))
        assert verdict.state is SignatureState.VALID or not verdict.message.startswith("找不到"), verdict
