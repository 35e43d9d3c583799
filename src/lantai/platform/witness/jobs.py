"""Calls to other nodes, outside of any transaction and of any request."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger import services as ledger_services
from lantai.platform.witness import services
from lantai.platform.witness.services import anchoring, stamping
from lantai.platform.witness.types import (
    AnchorCheckpoint,
    AskWitnesses,
    CastVotes,
    CheckLog,
    HoldPoll,
    StampCheckpoint,
)


@handles(AskWitnesses, label=_("请求见证"))
def ask_witnesses(run: Running, args: AskWitnesses) -> None:
    """One round; killed at any instant, the next round asks again, and a witness gives the same answer."""
    cosigned = services.ask_round(run.ctx.later(timezone.now()))
    run.say(N_("%(count)d 个伙伴见证了最新的检查点。"), count=cosigned)


@handles(StampCheckpoint, label=_("加盖时间戳"))
def stamp_checkpoint(run: Running, args: StampCheckpoint) -> None:
    """Every service that is due stamps the newest checkpoint."""
    newest = ledger.newest_checkpoint()
    for service in stamping.due(run.ctx.now) if newest else ():
        run.check()
        kept = stamping.stamp_now(run.ctx.later(timezone.now()), size=newest.size, service=service)
        if kept is not None:
            run.say(N_("“%(name)s”签发了时间戳。"), name=service.name)


@handles(CheckLog, label=_("通读核验存证日志"))
def check_log(run: Running, args: CheckLog) -> None:
    """One reading of the whole log, in one moment of the database; a killed one is made anew."""
    faults = ledger_services.check_and_keep(timezone.now())
    if faults:
        run.say(
            N_("存证日志有 %(count)d 处与签名时不一致：%(first)s"), count=len(faults), first=str(faults[0])
        )
    else:
        run.say(N_("存证日志完好。"))


@handles(AnchorCheckpoint, label=_("登记上链"))
def anchor_checkpoint(run: Running, args: AnchorCheckpoint) -> None:
    """One round over the chains that are due; killed at any instant, the next one goes on with what was signed."""
    for setting in anchoring.due(run.ctx.now):
        run.check()
        if anchoring.attend_chain(run.ctx.later(timezone.now()), setting):
            run.say(N_("检查点已在“%(name)s”上确认。"), name=setting.name)


@handles(HoldPoll, label=_("馆际普查"))
def hold_poll(run: Running, args: HoldPoll) -> None:
    """One step of a poll: calls, votes, or the count; a killed one is taken up by the next."""
    poll = services.hold_poll(run.ctx.later(timezone.now()))
    if poll is not None:
        run.say(N_("普查 %(number)d：%(count)d 份内容。"), number=poll.pk, count=poll.item_count)


@handles(CastVotes, label=_("回答馆际普查"))
def cast_votes(run: Running, args: CastVotes) -> None:
    """Read what peers ask for, and answer."""
    cast = services.cast_votes(run.ctx.later(timezone.now()))
    run.say(N_("回答了 %(count)d 次普查。"), count=cast)
