"""An agency's desk with real files: who works there, and documents to work on."""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass
from datetime import date

import pikepdf

from lantai.apps.filing import services
from lantai.apps.filing.models import Batch, Document
from lantai.apps.filing.types import (
    Arrangement,
    Capture,
    CapturedFile,
    Correction,
    SealBatch,
    Source,
    SurveyDocuments,
    TestBatch,
)
from lantai.apps.holdings import services as holdings
from lantai.apps.holdings.models import Fonds, SchemeClass
from lantai.platform.accounts import services as accounts
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.types import RunState
from tests.apps.holdings.region import COMMAND, Region, make_region

_numbers = itertools.count(1)


def pdf(mark: str = "", pages: int = 1) -> bytes:
    """A whole PDF whose bytes differ by ``mark``."""
    made, out = pikepdf.new(), io.BytesIO()
    for _page in range(pages):
        made.add_blank_page(page_size=(595, 842))
    made.docinfo["/Title"] = mark or f"sample {next(_numbers)}"
    made.save(out, deterministic_id=True)  # else a second later the same document has other bytes
    return out.getvalue()


@dataclass
class Desk:
    """A region with the fonds of its agency and one class."""

    region: Region
    fonds: Fonds
    office: SchemeClass

    @property
    def clerk(self) -> Ctx:
        """Arranges and composes."""
        return self.region.ctx("agency_clerk")

    @property
    def lead(self) -> Ctx:
        """Seals."""
        return self.region.ctx("agency_lead")

    def capture(self, key: str = "", **changes) -> Document:
        """A document of one file, as an office system hands it over."""
        key = key or f"OA-{next(_numbers)}"
        values = {
            "title": f"关于样例 {key} 的通知",
            "author": "样例办公室",
            "document_number": f"样办〔2026〕{key}号",
            "dated_on": date(2026, 3, 5),
            "files": ((f"{key}.pdf", pdf(key)),),
        } | changes
        files = tuple(
            file
            if isinstance(file, CapturedFile)
            else CapturedFile(
                name=file[0], role="main" if not place else "attachment", staged=blobs.stage([file[1]])
            )
            for place, file in enumerate(values.pop("files"))
        )
        captured = services.capture_document(
            self.clerk,
            Capture(
                agency_id=self.region.agency.pk,
                fonds_id=self.fonds.pk,
                kind=values.pop("kind", "document"),
                external_key=key,
                source=Source.OA,
                files=files,
                **values,
            ),
        )
        return Document.objects.get(pk=captured.document_id)

    def arranged(self, count: int = 1, **changes) -> list[Document]:
        """Documents with class, year and retention."""
        found = [self.capture(**changes) for _ in range(count)]
        self.arrange(found)
        return list(Document.objects.filter(pk__in=[one.pk for one in found]).order_by("pk"))

    def arrange(self, documents: list[Document]) -> int:
        """All of them under the office, for ever."""
        arrangement = Arrangement(2026, self.office.pk, "永久")
        return services.arrange(
            self.clerk, document_ids=[one.pk for one in documents], arrangement=arrangement
        )

    def batch(self, count: int = 2, title: str = "样例批次") -> Batch:
        """A fresh batch of so many documents."""
        ids = [one.pk for one in self.arranged(count)]
        return self.compose(ids, title)

    def compose(self, ids: list[int], title: str = "样例批次") -> Batch:
        """A batch of these documents."""
        return services.compose_batch(
            self.clerk,
            agency_id=self.region.agency.pk,
            fonds_id=self.fonds.pk,
            title=title,
            document_ids=ids,
        )

    def read(self) -> None:
        """Open what waits."""
        run = jobs.run_now(self.clerk, SurveyDocuments(self.region.agency.pk))
        assert run.state == RunState.SUCCEEDED, run.message

    def tested(self, count: int = 2) -> Batch:
        """A batch that has passed its test."""
        batch = self.batch(count)
        self.read()
        jobs.run_now(self.clerk, TestBatch(batch.pk))
        batch.refresh_from_db()
        return batch

    def sealed(self, count: int = 2) -> Batch:
        """A batch in its package."""
        batch = self.tested(count)
        services.start_sealing(self.lead, batch_id=batch.pk)
        run = jobs.run_now(self.lead, SealBatch(batch.pk))
        assert run.state == RunState.SUCCEEDED, run.message
        batch.refresh_from_db()
        return batch

    def correction(self, document: Document, **changes) -> Correction:
        """The description as it is, with changes."""
        values = {
            "title": document.title,
            "author": document.author,
            "document_number": document.document_number,
            "dated_on": document.dated_on,
            "year": document.year,
            "class_id": document.scheme_class_id,
            "retention": document.retention,
            "classification": document.classification,
            "persons": tuple(document.persons),
        }
        return Correction(**(values | changes))


def make_desk(letter: str) -> Desk:
    """A desk of its own."""
    holdings.install_rules(COMMAND)
    region = make_region(letter)
    for role in ("oa_connector",):
        region.people[role] = accounts.set_up_account(
            COMMAND,
            username=f"{role}.{letter.lower()}",
            name="样例办公系统",
            org=region.agency,
            password="sample-only-Pass-2026",
            role=role,
        )
    fonds = region.fonds(f"{letter}109")
    office = holdings.add_class(region.ctx("archivist"), fonds_id=fonds.pk, code="BGS", name="办公室")
    return Desk(region, fonds, office)
