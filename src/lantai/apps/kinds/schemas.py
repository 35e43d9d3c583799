"""What the API takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema

from lantai.platform.ui.schemas import Id


class FieldData(Schema):
    """One field of a kind, as the files of kinds say it."""

    name: str
    label: str
    label_en: str = ""
    type: str = "text"
    column: str = ""
    is_required: bool = False
    choices: list[str] = []
    is_personal: bool = False
    weight: int = 1
    in_list: bool = False
    print_width: int = 0
    group: str = ""
    help: str = ""
    source: str = ""
    is_retired: bool = False


class KindSummary(Schema):
    """A kind with the version that holds at an archives and the one under way."""

    slug: str
    name: str
    category_code: str
    is_personal: bool
    is_designed: bool
    field_count: int
    version: int
    version_id: int
    draft_id: int | None
    draft_state: str


class KindFields(Schema):
    """The fields of a kind in one version."""

    slug: str
    name: str
    version: int
    version_id: int
    fields: list[FieldData]


class KindVersionOut(Schema):
    """A version of a kind and where it stands."""

    id: int
    kind: str
    number: int
    state: str
    note: str
    editor_name: str
    drafted_at: datetime
    published_at: datetime | None
    fields: list[FieldData]


class NewDraft(Schema):
    """For which archives a version is drafted."""

    archives: int


class NewKind(Schema):
    """A kind of an archives' own; ``like`` is the code of the kind whose fields it begins with."""

    archives: Id
    slug: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,31}$")]
    name: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00]+$")]
    category_code: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,8}$")] = "ZY"
    like: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,31}$")]
    is_personal: bool = False


class KindFileIn(Schema):
    """A kind as a file says it, for an archives."""

    archives: Id
    content: Annotated[str, Field(max_length=256 * 1024)]


class KindFieldsIn(Schema):
    """All fields of a draft in their order."""

    fields: list[FieldData]
    note: str = ""


class VersionReasonIn(Schema):
    """Why a version is sent back or discarded."""

    reason: str
