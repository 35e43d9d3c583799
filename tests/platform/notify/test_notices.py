from __future__ import annotations

import smtplib
from datetime import UTC, date, datetime

import pytest
from django.core import mail
from django.db import transaction
from django.utils import translation

from lantai.platform.accounts import queries as accounts
from lantai.platform.accounts.models import Assignment, User
from lantai.platform.accounts.roles import roles
from lantai.platform.context import Actor, Channel, Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import RunState
from lantai.platform.notify import queries, services
from lantai.platform.notify.models import Notice
from lantai.platform.notify.types import SendMails
from lantai.platform.orgs.models import Org
from lantai.platform.orgs.types import OrgKind

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LOCMEM = "django.core.mail.backends.locmem.EmailBackend"


def ctx_of(user):
    return Ctx(Actor(id=user.pk if user else None, name="样例"), None, "", NOW, "test", Channel.WEB)


@pytest.fixture
def org():
    made = Org.objects.create(code="S1", name="样例档案馆", kind=OrgKind.ARCHIVES, path="")
    Org.objects.filter(pk=made.pk).update(path=f"/{made.pk}/")
    return made


@pytest.fixture
def person(org):
    def make(name, **more):
        return User.objects.create(username=name, name=f"样例{name}", org=org, **more)

    return make


def test_a_person_is_told_in_words_and_reads_it_once(person):
    reader, other = person("reader"), person("other")
    told = services.tell(
        ctx_of(other), user_ids=[reader.pk, reader.pk], text="移交批次“%(title)s”已退回。",
        params={"title": "样例批次"}, url="/intake/7/",
    )  # fmt: skip
    assert told == 1
    notice = queries.notices(ctx_of(reader)).get()
    assert (notice.said, notice.url) == ("移交批次“样例批次”已退回。", "/intake/7/")
    assert queries.unread_count(reader.pk) == 1
    assert services.mark_read(ctx_of(reader)) == 1
    assert services.mark_read(ctx_of(reader)) == 0
    assert queries.unread_count(reader.pk) == 0


def test_nobody_sees_or_marks_the_messages_of_others(person):
    reader, other = person("reader"), person("other")
    services.tell(ctx_of(other), user_ids=[reader.pk], text="样例")
    notice = Notice.objects.get()
    for stranger in (other, None):
        assert not queries.notices(ctx_of(stranger)).exists()
        assert services.mark_read(ctx_of(stranger), notice_ids=[notice.pk]) == 0
    assert queries.unread_count(None) == 0
    assert queries.unread_count(reader.pk) == 1


def test_some_messages_are_marked_and_others_stay(person):
    reader = person("reader")
    for text in ("一", "二"):
        services.tell(ctx_of(None), user_ids=[reader.pk], text=text)
    first = Notice.objects.get(text="一")
    assert services.mark_read(ctx_of(reader), notice_ids=[first.pk]) == 1
    assert [n.text for n in queries.notices(ctx_of(reader)).filter(read_at=None)] == ["二"]


def test_all_who_hold_the_permission_are_told_but_not_of_their_own_act(person, org):
    slug, role = next((slug, role) for slug, role in roles().items() if role.permissions)
    permission = sorted(role.permissions)[0]
    actor, colleague, bystander = person("actor"), person("colleague"), person("bystander")
    for holder in (actor, colleague):
        Assignment.objects.create(user=holder, role=slug, org=org, starts_on=date(2026, 1, 1))
    assert set(accounts.holders(permission, org.pk, NOW.date())) == {actor.pk, colleague.pk}
    services.tell(ctx_of(actor), org_id=org.pk, permission=permission, user_ids=[bystander.pk], text="样例")
    assert set(Notice.objects.values_list("user_id", flat=True)) == {colleague.pk, bystander.pk}


def test_machines_and_closed_accounts_are_not_told(person):
    ids = [person("machine", is_machine=True).pk, person("closed", is_active=False).pk, 987_654_321]
    assert services.tell(ctx_of(None), user_ids=ids, text="样例") == 0


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "/\\x"]
)
def test_a_message_that_leads_away_from_the_site_is_a_mistake(person, url):
    with pytest.raises(ValueError, match="not an address"):
        services.tell(ctx_of(None), user_ids=[person("reader").pk], text="样例", url=url)


def test_a_message_with_a_place_nobody_fills_is_a_mistake(person):
    with pytest.raises(KeyError):
        services.tell(ctx_of(None), user_ids=[person("reader").pk], text="%(a)s", params={"b": 1})


def test_lazy_words_and_dates_are_kept_as_they_read(person):
    reader = person("reader")
    params = {"word": translation.gettext_lazy("样例"), "day": date(2026, 3, 2), "n": 3}
    services.tell(ctx_of(None), user_ids=[reader.pk], text="%(word)s %(day)s %(n)d", params=params)
    assert Notice.objects.get().said == "样例 2026-03-02 3"


def test_who_has_an_address_gets_mail_from_the_worker(person, settings):
    settings.EMAIL_BACKEND = LOCMEM
    with_mail, without = person("with", email="with@example.invalid"), person("without")
    services.tell(
        ctx_of(None), user_ids=[with_mail.pk, without.pk], text="%(t)s\n二", params={"t": "一"}, url="/x/"
    )
    assert mail.outbox == []
    run = Run.objects.get()
    assert run.is_quiet
    jobs.run_now(ctx_of(None), SendMails(run.args["notice_ids"]))
    (sent,) = mail.outbox
    assert sent.to == ["with@example.invalid"]
    assert sent.subject == f"[{settings.LANTAI_SITE_NAME}] 一 二"
    assert f"{settings.LANTAI_PUBLIC_URL}/x/" in sent.body


def test_without_mail_nothing_is_queued(person, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    services.tell(ctx_of(None), user_ids=[person("with", email="with@example.invalid").pk], text="样例")
    assert not Run.objects.exists()


def test_an_act_that_is_undone_tells_nobody(person, settings):
    settings.EMAIL_BACKEND = LOCMEM
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.tell(ctx_of(None), user_ids=[person("with", email="with@example.invalid").pk], text="样例")
        raise ZeroDivisionError
    assert not Notice.objects.exists()
    assert not Run.objects.exists()


@pytest.fixture
def three_notices(person, settings):
    settings.EMAIL_BACKEND = LOCMEM
    people = [person(f"p{n}", email=f"p{n}@example.invalid") for n in range(3)]
    services.tell(ctx_of(None), user_ids=[one.pk for one in people], text="样例")
    return Run.objects.get().args["notice_ids"]


def test_a_refused_address_does_not_keep_the_others_from_their_mail(three_notices, monkeypatch):
    from django.core.mail import EmailMessage

    send = EmailMessage.send

    def picky(self):
        if self.to == ["p1@example.invalid"]:
            raise smtplib.SMTPRecipientsRefused({})
        return send(self)

    monkeypatch.setattr(EmailMessage, "send", picky)
    run = jobs.run_now(ctx_of(None), SendMails(three_notices))
    assert run.state == RunState.SUCCEEDED
    assert [sent.to[0] for sent in mail.outbox] == ["p0@example.invalid", "p2@example.invalid"]


def test_a_silent_mail_server_is_said_and_the_rest_goes_out_later(three_notices, monkeypatch):
    from django.core.mail import EmailMessage

    send = EmailMessage.send

    def silent(self):
        if self.to == ["p1@example.invalid"]:
            raise ConnectionRefusedError("connection refused")
        return send(self)

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", silent)
        run = jobs.run_now(ctx_of(None), SendMails(three_notices))
    assert run.state == RunState.FAILED
    assert run.cursor == "1"
    from lantai.platform.jobs import execution

    Run.objects.filter(pk=run.pk).update(state=RunState.QUEUED)
    execution.execute(run.pk)
    assert [sent.to[0] for sent in mail.outbox] == [f"p{n}@example.invalid" for n in range(3)]
