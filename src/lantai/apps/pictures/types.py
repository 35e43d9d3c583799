"""What this app hands around."""

from __future__ import annotations

from dataclasses import dataclass

BUILDER = "lantai.kit.pictures.pyramid:build"
DRAWER = "lantai.kit.pictures.drawing:draw"
MEASURER = "lantai.kit.pictures.measuring:measure"
NAME = "[0-9a-z]{7,13}-[0-9a-f]{32}-[0-9]{1,6}"
MOST_PAGES = 999_999  # as a name has room for
_DIGITS = 32  # of a digest in a name
SHOWN = ("application/pdf", "image/", "application/ofd", "application/vnd.ofd")
MOST_UNITS = 1_000  # of a collection


@dataclass(frozen=True, slots=True)
class Drawn:
    """An answer of the image interface."""

    body: bytes
    kind: str


@dataclass(frozen=True, slots=True)
class Name:
    """How a page is called for good: the record, its file by what is in it, the page. No number of a row in it.

    Whatever else is made of the database, the name shows these bytes of this record, or nothing.
    """

    permanent: str
    digest: str
    page: int

    @classmethod
    def of(cls, permanent: str, sha512: str, page: int) -> Name:
        """That of a page of a file with this digest, of that record."""
        return cls(permanent, sha512[:_DIGITS], page)

    @classmethod
    def read(cls, text: str) -> Name:
        """What `str` of a name wrote."""
        permanent, digest, page = text.split("-")
        return cls(permanent, digest, int(page))

    def __str__(self) -> str:
        return f"{self.permanent}-{self.digest}-{self.page}"


@dataclass(frozen=True, slots=True)
class PageOf:
    """One page of one file: its number and its size in pixels."""

    file_id: int
    name: str
    sha512: str
    number: int
    last: int
    width: int
    height: int

    def named(self, permanent: str) -> Name:
        """Its name as a page of that record."""
        return Name.of(permanent, self.sha512, self.number)
