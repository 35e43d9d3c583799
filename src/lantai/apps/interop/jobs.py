"""Long acts of this app: thin, resumable."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.interop.models import Channel, Source
from lantai.apps.interop.services import harvesting, sending
from lantai.apps.interop.services.failing import note_failure
from lantai.apps.interop.types import HarvestSource, SendReport
from lantai.kit.errors import LantaiError
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running
from lantai.platform.jobs.types import Cancelled


@handles(HarvestSource, label=_("采集他馆目录"))
def harvest_source(run: Running, args: HarvestSource) -> None:
    """Page by page; the cursor holds the token, so a killed harvest goes on with the page it was at."""
    source = Source.objects.get(pk=args.source_id)
    try:
        harvesting.harvest(run, source)
    except Cancelled:
        raise
    except LantaiError as refusal:
        note_failure(source, refusal)
        raise


@handles(SendReport, label=_("报送目录"))
def send_report(run: Running, args: SendReport) -> None:
    """Batch by batch; a batch without its receipt is sent again under its own key."""
    channel = Channel.objects.select_related("org").get(pk=args.channel_id)
    try:
        sending.send_all(run, channel)
    except Cancelled:
        raise
    except LantaiError as refusal:
        note_failure(channel, refusal)
        raise
