"""A transfer in every layout is read, tested and taken in; a signature that does not hold sends its item back."""

from __future__ import annotations

import pytest

from lantai.apps.custody import services as custody
from lantai.apps.custody.types import Occasion
from lantai.apps.intake.models import Submission, SubmissionFile, SubmissionItem
from lantai.site.demo import layouts
from lantai.site.demo.signing import trust_authority
from tests.apps.intake.conftest import FONDS, Desk, problems, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def trusting(settings, tmp_path) -> None:
    settings.LANTAI_TRUST = tmp_path / "trust"
    trust_authority(settings.LANTAI_TRUST)


def test_every_layout_is_taken_in_and_an_altered_signature_is_found(desk: Desk, trusting: None) -> None:
    states = {}
    for package in layouts.packages("样例办公室", FONDS):
        submission = desk.checked(package.make(), title=package.note)
        states[package.note] = (
            submission.state,
            submission.item_count,
            problems(submission),
            said(submission)[:600],
        )
    altered = states.pop("版式文件签名移交，一件签名无效（样例）")
    assert altered[:2] == ("failed", 2)
    assert {k: v[:2] for k, v in states.items()} == dict.fromkeys(states, ("passed", 3))
    signed = SubmissionFile.objects.filter(name__endswith=".ofd").order_by("path")
    found = [one["state"] for file in signed for one in file.examination["signatures"]]
    assert sorted(found) == ["invalid", "valid"]
    carried = SubmissionItem.objects.exclude(carried=None).filter(submission__title__startswith="封装包")
    assert {one["state"] for item in carried for one in item.carried["signatures"] or ()} == {"valid"}
    check_what_was_only_listed(desk)


def check_what_was_only_listed(desk: Desk) -> None:
    """A catalogue without content, once kept, is not blamed for the content that it never had."""
    listed = Submission.objects.get(title="只移交目录（样例）")
    assert desk.accept(listed).state == "succeeded"
    checks = custody.test_after(desk.ctx("archivist"), listed.package, Occasion.PERIODIC)
    assert {one.conclusion for one in checks} <= {"passed", "needs_person"}
