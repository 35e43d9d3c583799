"""The run that makes a certificate."""

from __future__ import annotations

import time

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lantai.apps.readingroom import queries
from lantai.apps.readingroom.models import CertificateDraft
from lantai.apps.readingroom.services import issuing
from lantai.apps.readingroom.types import IssueCertificate
from lantai.kit.errors import N_
from lantai.platform.blobs.types import Staged
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.types import NotYetLogged

_ROUNDS, _PAUSE_S = 120, 0.5


@handles(IssueCertificate, label=_("出具证明"))
def issue_certificate(run: Running, args: IssueCertificate) -> None:
    """Number, print and record, sign and hand out: what the draft has already is not done again."""
    if queries.certificate_of(args.request_id) is not None:
        return
    with run.advance(to="numbered"):
        draft = issuing.open_draft(run.ctx, args.request_id)
    if draft.entry_id is None:
        base_key = issuing.print_page(draft)
        with run.advance(to="recorded"):
            issuing.commit_page(run.ctx, draft, base_key)
        draft.refresh_from_db()
    signed = _signed(run, draft)
    with run.advance(to="delivered"):
        made = issuing.deliver(run.ctx, draft, signed)
    run.say(N_("证明 %(number)s 已出具。"), number=made.number)


def _signed(run: Running, draft: CertificateDraft) -> Staged:
    """The signed page, as soon as the entry is in the log; another process may be sequencing just now."""
    for _round in range(_ROUNDS):
        run.check()
        ledger.sequence(timezone.now())
        try:
            return issuing.sign_page(run.ctx, draft)
        except NotYetLogged:
            time.sleep(_PAUSE_S)
    raise NotYetLogged
