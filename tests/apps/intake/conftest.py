"""An agency that sends, an archives that receives, and packages of every good and bad kind."""

from __future__ import annotations

import io
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from lantai.apps.holdings import queries as holdings_queries
from lantai.apps.holdings import services as holdings
from lantai.apps.holdings.models import Fonds
from lantai.apps.intake import queries, services
from lantai.apps.intake.models import Agreement, Submission
from lantai.apps.intake.types import OBJECT, AcceptSubmission, CheckSubmission, Terms
from lantai.kit.packages.transfer import (
    CatalogueRow,
    OutgoingDescription,
    OutgoingItem,
    write_transfer,
)
from lantai.platform.accounts import services as accounts
from lantai.platform.blobs import services as blobs
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from tests.apps.holdings.region import COMMAND, Region, make_region
from tests.taken_back import taken_back

FONDS = "J109"
MADE_AT = time.gmtime(
    1_551_744_000
)  # otherwise the writer takes the clock, and a second later the file differs


def code(number: int) -> str:
    return f"{FONDS}-WS·2019·Y·BGS-{number:04d}"


def sheet(text: str) -> bytes:
    """A one-page PDF: another for each text, the same for the same text at any moment."""
    page = Image.new("RGB", (240, 320), "white")
    ImageDraw.Draw(page).text((20, 20), text.encode("unicode_escape").decode(), fill="black")
    made = io.BytesIO()
    page.save(made, "PDF", creationDate=MADE_AT, modDate=MADE_AT)
    return made.getvalue()


def item(number: int, *, name: str = "", **changed: str) -> OutgoingItem:
    """One well-made item with one PDF."""
    content = sheet(f"{number} {changed.get('题名', '')}")
    file_name = name or f"通知{number}.pdf"
    metadata = {
        "聚合层次": "文件",
        "立档单位名称": "样例办公室",
        "电子文件号": f"SAMPLE-{number}",
        "全宗号": FONDS,
        "年度": "2019",
        "保管期限": "永久",
        "机构或问题": "办公室",
        "题名": f"关于样例事项{number}的通知",
        "责任者": "样例办公室",
        "日期": "20190305",
        "文件编号": f"样发〔2019〕{number}号",
        "密级": "公开",
        "人名": "样例甲;样例乙",
        "文件组合类型": "单件",
        "页数": "1",
        "计算机文件名": file_name,
        "计算机文件大小": str(len(content)),
        "业务状态": "历史行为",
        "业务行为": "登记",
        "行为时间": "2019-03-05",
        "机构人员名称": "样例办公室",
        **changed,
    }
    row = CatalogueRow(
        reference_code=changed.get("档号", code(number)),
        author=metadata["责任者"],
        title=metadata["题名"],
        dated_on=metadata["日期"],
        retention="永久",
        classification="公开",
        page_count="1",
    )
    said = {key: [value] for key, value in metadata.items() if value}
    return OutgoingItem(row, FONDS, ("2019",), said, [(file_name, [content])])


DESCRIPTION = OutgoingDescription("样例办公室", "2019 年文书档案样例", "任意可阅读 PDF 的环境")


@dataclass
class Desk:
    """What a test of transfers does again and again."""

    region: Region
    fonds: Fonds
    folder: Path

    def ctx(self, role: str) -> Any:
        return self.region.ctx(role)

    def transfer(self, *items: OutgoingItem, name: str = "包", encoding: Any = "UTF-8") -> Path:
        """A transfer package as a folder."""
        target = self.folder / name
        write_transfer(target, DESCRIPTION, items or (item(1), item(2)), encoding=encoding)
        return target

    def send(self, archive: bytes | Path, *, role: str = "agency_lead", **more: Any) -> Submission:
        data = zipped(archive) if isinstance(archive, Path) else archive
        return services.submit_package(
            self.ctx(role),
            staged=blobs.stage([data]),
            name="移交包.zip",
            agency_id=self.region.agency.pk,
            **more,
        )

    def check(self, submission: Submission, *, role: str = "agency_lead") -> Run:
        run = jobs.run_now(self.ctx(role), CheckSubmission(submission.pk), about=(OBJECT, submission.pk))
        submission.refresh_from_db()
        return run

    def checked(self, archive: bytes | Path, **more: Any) -> Submission:
        submission = self.send(archive, **more)
        run = self.check(submission)
        assert run.state == "succeeded", (run.message, run.incident, [x.params for x in run.lines.all()])
        return submission

    def accept(self, submission: Submission) -> Run:
        services.accept_submission(self.ctx("archivist"), submission_id=submission.pk)
        return self.finish(submission)

    def finish(self, submission: Submission) -> Run:
        """The run that an acceptance queues."""
        ctx = self.ctx("archivist")
        run = jobs.run_now(ctx, AcceptSubmission(submission.pk), about=(OBJECT, submission.pk))
        submission.refresh_from_db()
        return run

    def accepted(self, archive: bytes | Path, **more: Any) -> Submission:
        submission = self.checked(archive, **more)
        assert submission.state == "passed", problems(submission)
        run = self.accept(submission)
        assert run.state == "succeeded", (run.message, [x.params for x in run.lines.all()])
        return submission


def problems(submission: Submission) -> list[str]:
    """Every reason why a transfer failed, in words."""
    told = queries.package_problems(submission)
    for one in queries.items_of(submission.pk):
        told += [f"{one.item_key}: {reason}" for reason in queries.reasons(one)]
    lines = queries.report_lines(queries.checks_of(submission), is_summary=False)
    return [*told, *(f"{x.code} {x.outcome} {x.place} {x.text}" for x in lines if x.outcome == "fail")]


def said(submission: Submission) -> str:
    """All of that as one text."""
    return "\n".join(problems(submission))


def zipped(folder: Path) -> bytes:
    """A folder as a zip file, the same bytes for the same folder."""
    return zip_of(
        (path.relative_to(folder).as_posix(), path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    )


def zip_of(members: Iterable[tuple[str, bytes]], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, (2019, 3, 5, 0, 0, 0)), data, method)
    return made.getvalue()


def tar_of(members: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A ustar file whose names are these bytes, as tools of other times wrote them."""
    made = io.BytesIO()
    for name, data in members:
        member = tarfile.TarInfo(name.decode("utf-8", "surrogateescape"))
        member.size = len(data)
        made.write(member.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape"))
        made.write(data + bytes(-len(data) % tarfile.BLOCKSIZE))
    made.write(bytes(2 * tarfile.BLOCKSIZE))
    return made.getvalue()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Region, Fonds]]:
    """A region with its fonds and rules for all tests of a module; what a test writes is taken back."""
    with django_db_blocker.unblock(), taken_back():
        holdings.install_rules(COMMAND)
        region = make_region("H")
        yield region, region.fonds(FONDS)


@pytest.fixture(scope="module")
def strangers(world: object, django_db_blocker: Any) -> Iterator[Region]:
    """Another region, with whom the first has no business."""
    with django_db_blocker.unblock(), taken_back():
        yield make_region("B")


@pytest.fixture
def abroad(strangers: Region, db: None) -> Region:
    return strangers


@pytest.fixture
def desk(world: tuple[Region, Fonds], db: None, keys: Path, tmp_path: Path, settings: Any) -> Desk:
    """The desk of one test, with a store and keys of its own."""
    settings.LANTAI_STORE = tmp_path / "store"
    region, fonds = world
    return Desk(replace(region, people=dict(region.people)), fonds, tmp_path)


@pytest.fixture
def at(client) -> Callable[..., Any]:
    """A client signed in as somebody."""

    def sign_in(region: Region, role: str) -> Any:
        client.force_login(region.people[role])
        return client

    return sign_in


def person(region: Region, name: str, role: str) -> None:
    """One more person of the archives, or its head."""
    region.people[name] = accounts.set_up_account(
        COMMAND, username=f"{name}.h", name=f"样例{name}", org=region.archives,
        password="sample-only-Pass-2026", role=role,
    )  # fmt: skip


@pytest.fixture
def bound(desk) -> Desk:
    """The same desk with a second archivist, a head, and an agreement in force from both sides."""
    person(desk.region, "second_archivist", "archivist")
    person(desk.region, "archives_head", "archives_head")
    agree(desk)
    return desk


def terms(**changed: Any) -> Terms:
    kinds = {kind.pk: kind.test_scheme for kind in holdings_queries.kinds().filter(slug="document")}
    return Terms(**{"title": "样例移交协议", "kinds": kinds, "valid_from": date(2020, 1, 1)} | changed)


def agree(desk: Desk, **changed: Any) -> Agreement:
    """An agreement confirmed by both sides."""
    row = services.draft_agreement(
        desk.ctx("archivist"), agency_id=desk.region.agency.pk, terms=terms(**changed)
    )
    services.sign_agreement(desk.ctx("agency_lead"), agreement_id=row.pk, side="agency")
    return services.sign_agreement(desk.ctx("archives_head"), agreement_id=row.pk, side="archives")
