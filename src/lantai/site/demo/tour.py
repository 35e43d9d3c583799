"""The whole path, stage by stage, through services and jobs; run again it goes on, and adds nothing twice."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable
from itertools import chain
from pathlib import Path

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from lantai.apps.catalogue.models import Description
from lantai.platform.jobs import worker
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import ENDED, RunState
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger import services as ledger_services
from lantai.platform.ledger.models import Entry
from lantai.platform.search import services as search
from lantai.site.demo import (
    acquisitions,
    assessments,
    citizens,
    desks,
    keeping,
    kinds,
    linked,
    migrating,
    papers,
    region,
    subjects,
    transfers,
)
from lantai.site.demo.console import Ledger
from lantai.site.demo.places import BY_KIND, OFFICERS, PLACES
from lantai.site.demo.region import Region, username
from lantai.site.demo.signing import trust_authority

HOME = "demo"


def run(*, documents: int) -> None:
    """Make the region and carry its documents from the agencies' desks to certificates."""
    figures = Ledger()
    with figures.stage("机构、账号与全宗", 1) as (figure, _bar):
        made = region.build(password())
        figure.count = len(PLACES)
    trust_authority(Path(settings.LANTAI_TRUST))  # what opens a sealed sample asks whose seal it is
    with figures.stage("收录电子文件", documents) as (figure, bar):
        everything = chain(papers.drafts(documents), kinds.drafts())
        figure.count = desks.capture(made, everything, bar)
    _jobs(figures, "识别与读取文件", desks.count_unread)
    with figures.stage("整理") as (figure, _bar):
        figure.count = desks.arrange(made)
    with figures.stage("组批与编档号") as (figure, _bar):
        figure.count = desks.compose(made)
    _jobs(figures, "归档检测（四性）", lambda: desks.start_tests(made))
    _jobs(figures, "封存", lambda: desks.start_sealings(made))
    _jobs(figures, "提交移交并检测", lambda: transfers.submit_all(made))
    with figures.stage("问题移交批次") as (figure, _bar):
        figure.count = transfers.submit_broken(made)
    _jobs(figures, "检测问题批次", transfers.count_waiting)
    with figures.stage("退回问题批次") as (figure, _bar):
        figure.count = transfers.return_broken(made)
    _jobs(figures, "接收进馆", lambda: transfers.accept_all(made))
    with figures.stage("建立检索索引") as (figure, _bar):
        figure.count = _follow()
    with figures.stage("查档申请与办理") as (figure, _bar):
        figure.count = citizens.apply_and_handle(made)
    _jobs(figures, "出具证明", lambda: citizens.approve_all(made))
    _jobs(figures, "异地副本", lambda: keeping.keep_copies(made))
    keeping.spoil_one(made)
    _jobs(figures, "副本校验与修复", lambda: transfers.start_fixity(made))
    _migrate(figures, made)
    _jobs(figures, "规范记录、专题与目录质量", lambda: subjects.make_all(made))
    _jobs(figures, "征集与口述", lambda: acquisitions.make_all(made))
    with figures.stage("单套管理评估") as (figure, _bar):
        figure.count = assessments.make_all(made)
    with figures.stage("留待办理的新文件", papers.LATER_COUNT) as (figure, bar):
        figure.count = desks.capture(made, papers.later_drafts(), bar)
    _jobs(figures, "系统接入的递送", lambda: linked.deliver(made))
    _jobs(figures, "识别与读取新文件，回写递送结果", lambda: linked.look(made))
    figures.rested_at = None
    worker.forget_time()  # reminders about what came since the first stage
    _jobs(figures, "备份", lambda: keeping.back_up(made))
    with figures.stage("存证日志") as (figure, _bar):
        figure.count = _settle()
    print(figures.table())
    print(_state(made))
    if failed := list(Run.objects.filter(state=RunState.FAILED).values_list("id", "label")):
        raise SystemExit(f"runs that failed: {failed}")


def _migrate(figures: Ledger, made: Region) -> None:
    """Formats are counted, and one small plan goes its whole way."""
    _jobs(figures, "馆藏格式统计", lambda: migrating.count_formats(made))
    _jobs(figures, "格式迁移试转", lambda: migrating.try_out(made))
    _jobs(figures, "审批并迁移", lambda: migrating.migrate(made))


def _jobs(figures: Ledger, name: str, start: Callable[[], int | None]) -> None:
    """Start what can be started, and work until no job is left.

    Where nothing was to be started and nothing happened since the worker last rested, as in every stage that an
    earlier run of the demo has done, it goes on resting.
    """
    with figures.stage(name) as (figure, _bar):
        figure.count = start() or 0
        if figure.count or figures.rested_at != _newest() or Run.objects.exclude(state__in=ENDED).exists():
            worker.work(concurrency=1, until_idle=True)
            figures.rested_at = _newest()


def _newest() -> tuple[int, int]:
    """The last act on record and the last run: what happens leaves one of the two."""
    act, run = (model.objects.aggregate(last=Max("pk"))["last"] or 0 for model in (Entry, Run))
    return act, run


def _follow() -> int:
    done = 0
    while step := search.follow(2_000):
        done += step
    return Description.objects.count() if done else 0


def _settle() -> int:
    """Sequence what is pending and read the whole log again."""
    while ledger_services.sequence(timezone.now()):
        continue
    _follow()
    if faults := ledger.check_log():
        raise SystemExit(f"the log is not what was signed: {faults[0]}")
    head = ledger.newest_checkpoint()
    return head.size if head else 0


def password() -> str:
    """The password of every demo account on this machine: made once, kept readable to its owner alone."""
    path = Path(settings.LANTAI_HOME) / HOME / "password"
    if path.is_file():
        return path.read_text("ascii").strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    # digits, since letters by bad luck come out too like the name of an account, which the rules refuse
    made = f"Yangli-{secrets.randbelow(10**10):010}"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(made)
    return made


def _state(made: Region) -> str:
    held = transfers.counts()
    lines = [f"  {name}: {count}" for name, count in held.items()]
    certificate = citizens.keep_example(Path(settings.LANTAI_HOME) / HOME)
    if certificate:
        trust = certificate.with_name("trust.txt")
        lines.append(f"  离线验证 offline check: lantai-kit verify {certificate} --trust {trust}")
    return "\n".join(["现有 now:", *lines])


def print_logins(host: str, port: int) -> None:
    """Accounts for the local machine only."""
    print(f"\n本机演示账号（密码都是 {password()}）/ demo accounts, for this machine only:")
    for place in PLACES:
        names = [*BY_KIND.get(place.kind, ()), *(OFFICERS if place.slug == "bureau" else ())]
        if names and place.slug in {"minzheng", "shiguan", "bureau"}:
            print(f"  {place.name}: " + "  ".join(username(place.slug, name) for name in names))
    print(
        f"\n门户 portal  http://{host}:{port}/\n工作台 desk  http://{host}:{port}/desk/\n",
        file=sys.stdout,
        flush=True,
    )
