"""The agencies' desks: capture, arrange, number, test, seal; each stage goes on where an earlier run stopped."""

from __future__ import annotations

from collections.abc import Iterable

from lantai.apps.filing import queries, services
from lantai.apps.filing.models import Batch, Document, DocumentFile
from lantai.apps.filing.types import Arrangement, Capture, CapturedFile, Source
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.jobs import queries as runs
from lantai.platform.jobs.types import ENDED
from lantai.site.demo import papers
from lantai.site.demo.console import Bar
from lantai.site.demo.papers import AGENCIES, Draft, Made
from lantai.site.demo.region import Region


def capture(region: Region, documents: Iterable[Draft], bar: Bar) -> int:
    """Every agency's OA system hands in its documents; returns how many were new."""
    contexts = {place.slug: region.ctx(place.slug, "agency_clerk") for place in AGENCIES}
    known = set(Document.objects.values_list("external_key", flat=True))
    new = 0
    for draft in documents:
        if draft.key not in known:
            made = draft.make()
            new += hand_in(region, contexts[made.place.slug], made)
        bar.step()
    return new


def hand_in(region: Region, ctx: Ctx, made: Made) -> int:
    """One document with its files, as the agency's OA system sends it; 1 when it was new."""
    files = tuple(
        CapturedFile(
            name=file.name,
            role=file.role,
            staged=blobs.stage([file.data]),
            part=file.part,
            elements=file.noted,
        )
        for file in made.files
    )
    captured = services.capture_document(
        ctx,
        Capture(
            agency_id=region.org(made.place.slug).pk,
            fonds_id=region.fonds[made.place.slug].pk,
            kind=made.kind,
            external_key=made.key,
            source=Source.OA,
            title=made.title,
            files=files,
            author=made.author,
            document_number=made.number,
            dated_on=made.dated_on,
            class_code=made.class_code,
            retention=made.retention,
            persons=made.persons,
            metadata=made.elements,
        ),
    )
    return int(captured.is_new)


def arrange(region: Region) -> int:
    """The clerks confirm class, year and retention."""
    done = 0
    for place in AGENCIES:
        waiting = Document.objects.filter(agency=region.org(place.slug), state="captured")
        waiting = waiting.exclude(external_key__startswith=papers.LATER)
        ids = list(waiting.values_list("pk", flat=True))
        if ids:
            done += services.arrange(
                region.ctx(place.slug, "agency_clerk"), document_ids=ids, arrangement=Arrangement()
            )
    return done


def compose(region: Region) -> int:
    """One batch for every fonds that has arranged documents; returns how many documents were numbered."""
    numbered = 0
    for place in AGENCIES:
        ready = Document.objects.filter(agency=region.org(place.slug), state="arranged", batch=None)
        if not ready.exists():
            continue
        batch = services.compose_batch(
            region.ctx(place.slug, "agency_clerk"),
            agency_id=region.org(place.slug).pk,
            fonds_id=region.fonds[place.slug].pk,
            title=f"{place.name}归档文件（样例）",
        )
        numbered += batch.item_count
    return numbered


def start_tests(region: Region) -> int:
    """Queue the filing-stage test of every batch that waits for one."""
    return sum(_start(region, "draft", "agency_clerk", services.start_test))


def start_sealings(region: Region) -> int:
    """Queue the sealing of every batch that passed; by the lead, a second person."""
    return sum(_start(region, "passed", "agency_lead", services.start_sealing))


def _start(region: Region, state: str, role: str, act) -> Iterable[int]:  # noqa: ANN001
    slugs = {region.org(place.slug).pk: place.slug for place in AGENCIES}
    for batch in Batch.objects.filter(state=state, agency__in=slugs):
        latest = runs.latest_about(queries.SUBJECT, batch.pk)
        if latest is None or latest.state in ENDED:
            act(region.ctx(slugs[batch.agency_id], role), batch_id=batch.pk)
        yield batch.item_count


def count_unread() -> int:
    """How many files nobody has opened yet; the runs that open them were queued when they came."""
    return DocumentFile.objects.filter(state="").count()
