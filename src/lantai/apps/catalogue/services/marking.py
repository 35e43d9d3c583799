"""Where the words of a search stand on a page."""

from __future__ import annotations

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.queries import asking
from lantai.apps.catalogue.types import ContentClosed
from lantai.apps.custody import queries as custody
from lantai.apps.texts import queries as by_page
from lantai.kit.errors import Invalid, Missing
from lantai.platform.context import Ctx
from lantai.platform.sandbox import services as sandbox
from lantai.platform.sandbox.types import ParseKilled, ParseRefused
from lantai.platform.search.query import texts

FINDER = "lantai.kit.formats.leaves:boxes_of_words"
Box = tuple[float, float, float, float]


def words_on_page(ctx: Ctx, *, description_id: int, file_id: int, page: int, text: str) -> list[Box]:
    """Left, top, width and height of each place, as shares of the page; [] where nothing tells of places.

    Raises ``ContentClosed`` and ``Missing``.
    """
    row = queries.get(ctx, description_id)
    if not queries.may_read_content(ctx, row):
        raise ContentClosed
    if row.package_id is None:
        raise Missing
    file = custody.file_of(row.package_id, row.item_key, file_id)
    words = _words(ctx, text)
    if not words:
        return []
    teller, told_page = by_page.told_by(file.pk, page) or (file, page)
    try:
        found = sandbox.call(
            FINDER, path=custody.path_of(teller), page=told_page, words=words, name=teller.original_name
        )
    except (ParseRefused, ParseKilled):  # the page is shown all the same
        return []
    return [(left, top, width, height) for left, top, width, height in found]  # type: ignore[union-attr, misc]


def _words(ctx: Ctx, text: str) -> list[str]:
    try:
        return list(texts(asking.read(ctx, text).expression))
    except Invalid:
        return []
