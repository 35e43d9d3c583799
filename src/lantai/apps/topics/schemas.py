"""What the API takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import ConfigDict, Field

from lantai.apps.topics.types import TopicKind
from lantai.platform.ui.schemas import Text


class TopicIn(Schema):
    """A new topic; ``org`` is the code of the archives."""

    model_config = ConfigDict(extra="forbid")

    org: Text = Field(min_length=1, max_length=32)
    title: Text = Field(min_length=1, max_length=120)
    kind: TopicKind
    introduction: Text = Field("", max_length=20_000)


class RuleIn(Schema):
    """A search as it stands behind the question mark of its address; "" for none."""

    model_config = ConfigDict(extra="forbid")

    rule: Text = Field(max_length=4000)


class CodesIn(Schema):
    """Records by their reference codes."""

    model_config = ConfigDict(extra="forbid")

    codes: list[Annotated[Text, Field(max_length=120)]] = Field(min_length=1, max_length=20_000)


class PickedOut(Schema):
    """How many were taken in, and the codes that were not found."""

    picked: int
    unknown: list[str]


class TopicOut(Schema):
    """A topic; ``total`` counts the records that the account may see."""

    id: int
    title: str
    kind: str
    share: str
    org: str
    introduction: str
    rule: str
    total: int
    refreshed_at: datetime | None


class TopicsOut(Schema):
    """A page of a list; ask again with `after` until `next` is empty."""

    topics: list[TopicOut]
    next: int | None


class RecordOut(Schema):
    """A record of a topic."""

    id: int
    reference_code: str
    title: str
    kind: str
    year: int | None


class RecordsOut(Schema):
    """A page of a list; ask again with `after` until `next` is empty."""

    records: list[RecordOut]
    next: int | None
