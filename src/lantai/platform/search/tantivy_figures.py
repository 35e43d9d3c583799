"""Total and facets of a question, each worked out once for all its pages at a commit."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import tantivy

from lantai.platform.search.tantivy_index import Reader
from lantai.platform.search.types import Bucket, Field, Query

_MOST_BUCKETS = 200
_LARGE = 200_000  # rows, from which on a thread of its own is worth its start
_BUCKETS_A_SEGMENT = 20_000  # fewer, and counts of frequent values become estimates
Facets = Mapping[Field, tuple[Bucket, ...]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that was found: the key that it was ordered by, its id and its leaf."""

    key: int
    row: int
    leaf: int


class Figures:
    """The figures of one question: counted here, beside the page, or together with it."""

    def __init__(self, reader: Reader, meant: tantivy.Query, query: Query) -> None:
        self._reader, self._meant, self._query = reader, meant, query
        self._beside: threading.Thread | None = None
        self._why: Exception | None = None

    @property
    def are_missing(self) -> bool:
        """Whether facets are wanted that nobody has counted at this commit."""
        return bool(self._query.facets) and self._reader.kept(self._facets_key()) is None

    def begin(self) -> None:
        """Count beside the page what takes long: two passes over the rows found, on two cores."""
        if self.are_missing and self._reader.searcher.num_docs > _LARGE:
            self._beside = threading.Thread(target=self._count, name="figures", daemon=True)
            self._beside.start()

    def _count(self) -> None:
        try:
            self._aggregated({})
        except Exception as why:  # boundary: the thread's end; raised by `_wait`
            self._why = why

    def facets(self) -> Facets:
        """Every facet that is wanted."""
        if not self._query.facets:
            return {}
        self._wait()
        found: Facets | None = self._reader.kept(self._facets_key())
        return self._aggregated({})[0] if found is None else found

    def known_total(self) -> int | None:
        """The total, if it has been counted."""
        return self._reader.kept(self._key("total"))

    def keep_total(self, total: int) -> int:
        """What a page has counted on its way."""
        return self._reader.keep(self._key("total"), total)

    def total(self) -> int:
        """How many rows are found."""
        self._wait()
        known = self.known_total()
        if known is not None:
            return known
        # by a field, for then nothing is scored
        found = self._reader.searcher.search(self._meant, 1, count=True, order_by_field="by_date")
        return self.keep_total(found.count)

    def with_first_by_date(self, limit: int, *, is_descending: bool) -> list[Hit]:
        """Figures, and the first rows by date, of one pass."""
        order = {"by_date": "desc" if is_descending else "asc"}
        wanted = {"size": limit, "sort": [order], "docvalue_fields": ["row", "leaf"]}
        _facets, more = self._aggregated({"first": {"top_hits": wanted}})
        return [_hit(one) for one in more["first"]["hits"]]

    def _aggregated(self, more: dict[str, object]) -> tuple[Facets, dict[str, dict[str, list[dict]]]]:
        size = {"size": _MOST_BUCKETS, "segment_size": _BUCKETS_A_SEGMENT}
        wanted = {str(field): {"terms": {"field": str(field), **size}} for field in self._query.facets}
        total = {"total": {"value_count": {"field": "row"}}}
        found = self._reader.searcher.aggregate(self._meant, {**wanted, **total, **more})
        self.keep_total(int(found["total"]["value"]))
        facets = {field: _buckets(found[str(field)]) for field in self._query.facets}
        return self._reader.keep(self._facets_key(), facets), found

    def _wait(self) -> None:
        if self._beside is not None:
            self._beside.join()
        if self._why is not None:
            raise self._why

    def _facets_key(self) -> Hashable:
        return self._key("facets"), self._query.facets

    def _key(self, what: str) -> Hashable:
        return key(what, self._query)


def key(what: str, query: Query) -> Hashable:
    """Figures belong to what is asked for, whatever the order and the page."""
    return what, query.scope, query.expression, query.filters


def _buckets(found: Mapping[str, list[dict]]) -> tuple[Bucket, ...]:
    return tuple(Bucket(bucket["key"], bucket["doc_count"]) for bucket in found["buckets"])


def _hit(found: Mapping[str, dict]) -> Hit:
    values = found["docvalue_fields"]
    return Hit(found["sort"][0], values["row"][0], (values.get("leaf") or [0])[0])
