"""What transfers, appraisal and use add to the file about a fonds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import translation

from lantai.apps.catalogue.models import Description
from lantai.apps.custody.models import Package
from lantai.apps.disposal.models import DisposalLine, DisposalList
from lantai.apps.holdings import services as holdings
from lantai.apps.intake.models import Register, Submission
from lantai.apps.printing import dossier
from lantai.apps.printing.types import Chapter
from lantai.apps.readingroom.models import Certificate, Finding, Request
from tests.apps.holdings.region import COMMAND, make_region
from tests.rows import make

AT = datetime(2026, 3, 2, 20, tzinfo=UTC)  # the third of March where the archives stands


@pytest.fixture
def region(db):
    holdings.install_rules(COMMAND)
    return make_region("D")


@pytest.fixture
def owners(region):
    keeps = dict.fromkeys(("org", "archives", "custodian"), region.archives)
    return keeps | {"agency": region.agency, "creator": region.agency, "user": region.people["archivist"]}


def test_confirmed_registers_executed_lists_and_certificates_are_told_of(region, owners):
    fonds, other = region.fonds("J109"), region.fonds("J110")
    for row in (fonds, other):
        make(Package, owners, fonds=row, title=f"信息包 {row.code}", stored_at=AT)
        sent = make(Submission, owners, fonds=row, title=f"移交 {row.code}")
        make(Register, owners, submission=sent, agency_confirmed_at=AT, archives_confirmed_at=AT)
        make(Register, owners, submission=make(Submission, owners, fonds=row, title="未确认"))
        item = make(Description, owners, fonds=row, level="item")
        done = make(DisposalList, owners, title=f"清册 {row.code}", destroyed_at=AT)
        make(DisposalLine, owners, disposal_list=done, description=item)
        asked = make(Request, owners)
        make(Finding, owners, request=asked, description=item)
        make(Certificate, owners, request=asked, issued_at=AT)
    with translation.override("zh-hans"):
        ctx = region.ctx("archivist")
        found = dict(dossier.assembled(ctx, fonds))
        assert [(str(one.title), one.on.day) for one in found[Chapter.TAKING]] == [("移交 J109", 3)]
        assert [str(one.title) for one in found[Chapter.KEEPING]] == ["信息包 J109"]
        read = [one.read() for chapter in found.values() for one in chapter if one.read]
        assert any("信息包" not in str(one) and "准确性" in str(one.rows) for one in read)
        assert any(one.head and "鉴定结论" in one.head and len(one.rows) == 1 for one in read)
        assert [str(one.title) for one in found[Chapter.APPRAISING]] == ["清册 J109"]
        served = dict(dossier.assembled(region.ctx("reading_clerk"), fonds))
        assert [str(one.title) for one in served[Chapter.USING]] == ["2026 年出具证明 1 份"]
        assert found[Chapter.USING] == []  # an archivist reads no requests
