"""What the API takes and gives. Who offers is written, never read back: names are shown on pages, by permission."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field

from lantai.apps.acquisition.types import Means, ObjectForm, SourceKind
from lantai.kit.errors import N_


def _plain(text: str) -> str:
    return text.replace("\x00", "")


Text = Annotated[str, AfterValidator(_plain)]


class LeadIn(Schema):
    """A lead; ``org`` is the code of the archives."""

    model_config = ConfigDict(extra="forbid")

    org: Text = Field(min_length=1, max_length=64)
    title: Text = Field(min_length=1, max_length=200)
    means: Means
    source_kind: SourceKind
    source_name: Text = Field(min_length=1, max_length=120)
    source_contact: Text = Field("", max_length=200)
    topic: Text = Field("", max_length=100)
    lead_from: Text = Field("", max_length=200)
    description: Text = Field("", max_length=4000)


class ObjectIn(Schema):
    """A line of the list."""

    model_config = ConfigDict(extra="forbid")

    title: Text = Field(min_length=1, max_length=300)
    form: ObjectForm
    quantity: int = Field(1, ge=1, le=2_000_000_000)
    unit: Text = Field(N_("件"), min_length=1, max_length=8)
    dated: Text = Field("", max_length=60)
    author: Text = Field("", max_length=120)
    description: Text = Field("", max_length=2000)


class ShelvingIn(Schema):
    """Where sealed items are described: code of the fonds, slug of the kind, the first code."""

    model_config = ConfigDict(extra="forbid")

    fonds: Text = Field(max_length=16)
    kind: Text = Field(max_length=40)
    first_code: Text = Field(min_length=1, max_length=120)


class ObjectFileOut(Schema):
    """A file of an object until it is sealed; ``state`` is empty until it was opened and scanned."""

    id: int
    name: str
    size: int
    sha256: str
    sm3: str
    state: str


class ObjectOut(Schema):
    """A line of the list."""

    id: int
    number: int
    title: str
    form: str
    quantity: int
    unit: str
    dated: str
    state: str
    reference_code: str
    files: list[ObjectFileOut]


class CaseLine(Schema):
    """A case as a line of a list."""

    id: int
    number: str
    title: str
    means: str
    state: str
    archives: str
    opened_at: datetime
    registered_at: datetime | None
    certificate_number: str
    object_id: str | None


class CaseOut(CaseLine):
    """A case with its objects."""

    topic: str
    objects: list[ObjectOut]


class CasesOut(Schema):
    """A page of a list; ask again with `after` until `next` is empty."""

    cases: list[CaseLine]
    next: int | None


class SealingOut(Schema):
    """The run that seals; its page is in the desk."""

    run: int
