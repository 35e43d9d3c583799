"""A small made-up region with documents at every stage, served by a thread of the test process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test.testcases import LiveServerThread
from django.utils import timezone

from lantai.apps.catalogue.models import Description
from lantai.apps.filing import services as filing
from lantai.apps.filing.models import Batch
from lantai.apps.filing.types import Arrangement, Capture, CapturedFile, Source
from lantai.apps.holdings import services as holdings
from lantai.apps.holdings.models import Fonds, SchemeClass
from lantai.apps.holdings.types import ScheduleLine
from lantai.apps.intake import services as intake
from lantai.apps.intake.models import Submission
from lantai.apps.readingroom import services as readingroom
from lantai.kit.text.personal import check_character
from lantai.platform.blobs import services as blobs
from lantai.platform.context import ANONYMOUS, Channel, Ctx, system_ctx
from lantai.platform.jobs import execution
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import RunState
from lantai.platform.ledger import services as ledger
from lantai.platform.search import services as search
from lantai.site.demo import papers
from lantai.site.demo.papers import Made
from tests.region import World, build_world

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_BODY = "330402" + "19850215" + "001"
ID_NUMBER = _BODY + check_character(_BODY)  # made up, with a right check character
PHONE = "13900004321"

Made_ = TypeVar("Made_")


@dataclass
class Place:
    """What is there, and how to act on it beside the browser."""

    hands: ThreadPoolExecutor  # beside the thread of the browser's event loop, where Django refuses to work
    url: str = ""
    world: World = field(init=False)
    fonds: Fonds = field(init=False)
    record: Description = field(init=False)
    to_accept: int = 0
    to_return: int = 0

    def do(self, work: Callable[[], Made_]) -> Made_:
        """Do something with the database, in the thread that may."""
        return self.hands.submit(work).result()

    def settle(self) -> None:
        """Let the worker's part be done: runs, search index, log."""
        self.do(_settle)

    def session_of(self, name: str) -> str:
        """The cookie of somebody who has signed in."""
        return self.do(lambda: _session(self.world, name))

    def file(self, number: int) -> Path:
        """A PDF of a made letter, named after its title, to upload by hand."""
        made = papers.make(number)
        path = Path(settings.LANTAI_HOME) / "desktop" / f"{made.title}.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(next(file.data for file in made.files if file.name.endswith(".pdf")))
        return path


def _settle() -> None:
    while ids := list(Run.objects.filter(state=RunState.QUEUED).order_by("pk").values_list("pk", flat=True)):
        for run_id in ids:
            execution.execute(run_id)
    while search.follow(1_000):
        continue
    while ledger.sequence(timezone.now()):
        continue


def _session(world: World, name: str) -> str:
    user = world.user(name)
    user.refresh_from_db()
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


@contextmanager
def serving() -> Iterator[str]:
    """The site on a port of its own; whitenoise serves the static files as in production."""
    server = LiveServerThread("127.0.0.1", lambda application: application)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://127.0.0.1:{server.port}"
    server.terminate()
    server.join(timeout=10)


def furnish(place: Place) -> None:
    """Build the region: one transfer received, two waiting, some documents on the agency's desk."""
    holdings.install_rules(system_ctx(Channel.COMMAND))
    world = place.world = build_world()
    place.fonds = _fonds(world)
    _schedule(world)
    _receive(place, _send(place, _of_kind("marriage", 2) + _of_kind("document", 2)))
    place.to_accept = _send(place, _of_kind("document", 2, skip=2))
    place.to_return = _send(place, _of_kind("document", 1, skip=4))
    _capture(place, _of_kind("document", 3, skip=5))
    _settle()
    place.record = Description.objects.filter(kind__slug="marriage").order_by("pk")[0]
    readingroom.describe_hall(
        world.ctx("reading_clerk"), archives_id=world.archives.pk, hours="周一至周五 9:00—17:00",
        address="样例市样例路 1 号", phone="0573-00000000", fee="不收费。", takes_requests=True,
    )  # fmt: skip
    readingroom.submit_request(_stranger(), _application(place), submit_key="browser-0", address="192.0.2.1")
    _settle()


def _fonds(world: World) -> Fonds:
    ctx = world.ctx("archivist")
    fonds = holdings.found_fonds(
        ctx, archives_id=world.archives.pk, code="J109", name="样例市水利局", creator_id=world.agency.pk,
        started_year=1950,
    )  # fmt: skip
    for code, name in (("BGS", "办公室"), ("YWK", "业务科")):
        holdings.add_class(ctx, fonds_id=fonds.pk, code=code, name=name)
    return fonds


def _schedule(world: World) -> None:
    lead, supervisor = world.ctx("agency_lead"), world.ctx("supervisor")
    lines = [ScheduleLine("1", "本单位制定的规范性文件", "Y"), ScheduleLine("2", "一般业务工作的通知", "D30")]
    draft = holdings.draft_schedule(lead, org_id=world.agency.pk, title="文书档案保管期限表", lines=lines)
    holdings.submit_schedule(lead, schedule_id=draft.pk)
    holdings.approve_schedule(
        supervisor, schedule_id=draft.pk, valid_from=date(2026, 1, 1),
        approved_by=world.bureau.name, citation="样例批复〔2026〕1号",
    )  # fmt: skip


def _of_kind(kind: str, count: int, *, skip: int = 0) -> list[Made]:
    """Made documents of a kind, each with a PDF."""
    agency = next(n for n, one in enumerate(papers.AGENCIES) if one.slug == "minzheng")
    found: list[Made] = []
    for number in range(agency, 100_000, len(papers.AGENCIES)):
        made = papers.make(number)
        if made.kind == kind and any(file.name.endswith(".pdf") for file in made.files):
            found.append(made)
        if len(found) == skip + count:
            break
    return found[skip:]


def _capture(place: Place, made: Sequence[Made]) -> list[int]:
    return [_hand_in(place, one) for one in made]


def _hand_in(place: Place, made: Made) -> int:
    world = place.world
    files = tuple(
        CapturedFile(name=one.name, role=one.role, staged=blobs.stage([one.data])) for one in made.files
    )
    name = world.agency.name
    captured = filing.capture_document(
        world.ctx("agency_clerk"),
        Capture(
            agency_id=world.agency.pk, fonds_id=place.fonds.pk, kind=made.kind, external_key=made.key,
            source=Source.OA, files=files, title=made.title.replace(made.place.name, name), author=name,
            document_number=made.number, dated_on=made.dated_on, class_code="BGS", retention=made.retention,
            persons=made.persons, metadata=made.elements,
        ),
    )  # fmt: skip
    return captured.document_id


def _send(place: Place, made: Sequence[Made]) -> int:
    """Carry documents from the desk to a tested transfer; returns its id."""
    world, clerk, lead = place.world, place.world.ctx("agency_clerk"), place.world.ctx("agency_lead")
    ids = _capture(place, made)
    filing.arrange(clerk, document_ids=ids, arrangement=Arrangement(class_id=_office(place)))
    batch = filing.compose_batch(
        clerk, agency_id=world.agency.pk, fonds_id=place.fonds.pk, title=f"样例批次 {len(ids)} 件",
        document_ids=ids,
    )  # fmt: skip
    _settle()
    filing.start_test(clerk, batch_id=batch.pk)
    _settle()
    filing.start_sealing(lead, batch_id=batch.pk)
    _settle()
    package_id = Batch.objects.values_list("package_id", flat=True).get(pk=batch.pk)
    submission = intake.submit_online(lead, package_id=package_id)
    _settle()
    return int(submission.pk)


def _office(place: Place) -> int:
    return SchemeClass.objects.get(fonds=place.fonds, code="BGS").pk


def _receive(place: Place, submission_id: int) -> None:
    intake.accept_submission(place.world.ctx("archivist"), submission_id=submission_id)
    _settle()
    assert Submission.objects.get(pk=submission_id).state == "accepted"


def _stranger() -> Ctx:
    return Ctx(ANONYMOUS, None, "", timezone.now(), "browser", Channel.WEB)


def _application(place: Place) -> Any:
    from lantai.apps.readingroom.types import Application

    return Application(
        archives_id=place.world.archives.pk, topic="marriage", relation="self", purpose="personal",
        persons=tuple(place.record.persons), applicant_name=place.record.persons[0], id_kind="resident",
        id_number=ID_NUMBER, phone=PHONE, years=str(place.record.year or ""),
    )  # fmt: skip
