"""What the schemas of several apps are made of."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import AfterValidator, Field

# Text as the database can hold it: PostgreSQL has no U+0000.
Text = Annotated[str, AfterValidator(lambda text: text.replace("\x00", ""))]
# A number that JSON carries exactly and a key column holds.
Id = Annotated[int, Field(ge=1, le=2**53)]


class CountOut(Schema):
    """How many it was done to."""

    count: int
