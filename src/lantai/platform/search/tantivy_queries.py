"""From an expression, a scope and filters to one Tantivy query.

Each text is rewritten on its own, into "occurs in any of the fields"; so AND, OR and NOT between texts mean
what they say. Scope and filters never touch the score.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate
from math import prod

from tantivy import FieldType, Index, Occur, Searcher
from tantivy import Query as Tantivy

from lantai.platform.search.placing import Placed, placed_for_query
from lantai.platform.search.query import (
    ROW,
    AllOf,
    AnyOf,
    Days,
    Expression,
    Leaf,
    Not,
    Part,
    Prefix,
    Telling,
    Value,
    Years,
)
from lantai.platform.search.tantivy_documents import exact
from lantai.platform.search.types import EVERYTHING_VISIBLE, SEVERAL, Among, Field, Filters, Query, Scope

_CONTAINED = {
    Part.TITLE: ("title", 3.0),
    Part.CODE: ("code_words", 2.0),
    Part.NUMBER: ("number_words", 2.0),
    Part.PERSON: ("person_words", 2.0),
    Part.AUTHOR: ("author", 1.5),
    Part.BODY: ("body", 1.0),
}
_EXACT = {Part.CODE: ("codes", 10.0), Part.NUMBER: ("numbers", 10.0), Part.PERSON: ("persons", 6.0)}
_WAYS = {
    part: (
        tuple(_CONTAINED[one] for one in parts),
        tuple(_EXACT[one] for one in parts if one in _EXACT),
    )
    for part, parts in ((None, tuple(Part)), *((one, (one,)) for one in Part))
}
_MOST_TERMS = 64
_FEW = 8  # values of a scope that are asked about one by one
_MUCH = 0.9  # of all rows
_NARROW = 0.25  # of all rows too
_AFTER_HEX = "g"  # sorts after every digit of a key
_TELLING = 50_000  # rows that are read to find a few that are alike
_PLACES = 64  # times as dear to read as rows: what is scored is a text, and texts are phrases
_UMLAUT = "ü"
_AS_SPELLED = str.maketrans({"'": "", "-": "", _UMLAUT: "v"})
_MEANS_SOMETHING = re.compile(r"[\\.+*?()|\[\]{}^$#&\-~/@<>]")  # in a regular expression


@dataclass(frozen=True, slots=True)
class Condition:
    """Any of `ways`; about `size` rows fulfil it, or fewer. Those of one phrase all have its `tokens`."""

    ways: tuple[Tantivy, ...]
    size: int
    tokens: tuple[tuple[str, str], ...] = ()  # each with its field
    is_scored: bool = True

    @property
    def query(self) -> Tantivy:
        """The condition by itself."""
        return self.ways[0] if len(self.ways) == 1 else _any_of(self.ways)


class Builder:
    """Queries over one commit of an index."""

    def __init__(self, index: Index, searcher: Searcher, source: str) -> None:
        self._index = index
        self._schema = index.schema
        self._searcher = searcher
        self._source = source
        self._scoped = lru_cache(maxsize=256)(self._scope)  # the same people ask again and again

    def question(self, query: Query, near: Condition | None = None) -> Tantivy:
        """Rows for which the expression holds, which pass the filters and which the scope allows, and which are
        `near`."""
        conditions = self._asked(query)
        return self._all_hold(conditions if near is None else [*conditions, near])

    def share(self, query: Query) -> float:
        """The share of all rows that `query` may find, were its conditions independent of each other."""
        every = max(1, self._searcher.num_docs)
        return prod(min(1.0, one.size / every) for one in self._asked(query))

    def _asked(self, query: Query) -> list[Condition]:
        conditions = [*self._conditions(query.expression), *self._filters(query.filters)]
        scope = None if query.scope == EVERYTHING_VISIBLE else self._scoped(query.scope)
        return conditions if scope is None else [*conditions, scope]

    def all_of(self, queries: Sequence[Tantivy]) -> Tantivy:
        """Rows that every query finds."""
        if len(queries) == 1:
            return queries[0]
        return Tantivy.boolean_query([(Occur.Must, query) for query in queries])

    def _all_hold(self, conditions: Sequence[Condition]) -> Tantivy:
        """Rows that fulfil every condition; all rows where there is none.

        A union is read from its beginning to its end, whatever else must hold. So the condition that fewest rows
        fulfil leads, and of another with several ways each is only asked about the rows that were found, once for
        whether they are found and once for their score. To read a phrase is to read the places of its tokens: where
        the other conditions leave few rows, the tokens alone are read and the places of what is left are looked at.
        """
        if not conditions:
            return _unscored(Tantivy.all_query())
        lead = min(conditions, key=lambda one: one.size)
        asked: list[Condition] = []
        read: list[Tantivy] = []
        for one in conditions:
            if self._is_asked(one, conditions, lead):
                asked.append(one)
                read += [_unscored(self._term(field, token)) for field, token in one.tokens]
            else:
                read.append(one.query)
        found = self.all_of([*read, *(_unscored(_one_by_one(one.ways)) for one in asked)])
        for way in (way for one in asked if one.is_scored for way in one.ways):
            found = Tantivy.boolean_query([(Occur.Must, found), (Occur.Should, way)])
        return found

    def _is_asked(self, one: Condition, conditions: Sequence[Condition], lead: Condition) -> bool:
        """Whether to ask about rows costs less than to read: to ask about one is to look for the next that fulfils
        the condition, which is far where few do."""
        every = max(1, self._searcher.num_docs)
        dear = (_PLACES if one.is_scored else 1) * (one.size / every) ** 2
        if not one.tokens:
            return len(one.ways) > 1 and one is not lead and lead.size / every < dear
        left = prod(min(1.0, other.size / every) for other in conditions if other is not one)
        return left < min(_NARROW, dear)

    def _conditions(self, expression: Expression) -> list[Condition]:
        """What must all hold, one by one."""
        match expression:
            case AllOf(parts):
                return [one for part in parts for one in self._conditions(part)]
            case Leaf(text, part):
                return [self._leaf(text, part)]
            case _:
                return [self._one(self._expression(expression))]

    def _one(self, query: Tantivy, size: int | None = None) -> Condition:
        return Condition((query,), self._searcher.num_docs if size is None else size)

    def _expression(self, expression: Expression) -> Tantivy:
        """Rows for which `expression` holds."""
        match expression:
            case Prefix(text):
                return self._prefix(text)
            case Years(first, last):
                return _any_of(self._range("year", first, last))
            case Days(first, last):
                return _any_of(self._range("day", _ordinal(first), _ordinal(last)))
            case Value(field, values) if field == ROW:
                return self._rows(values)
            case Value(field, values):
                return self._among(Among(Field(field), values))
            case AnyOf(parts):
                return _any_of([self._expression(part) for part in parts])
            case Telling(texts):
                return self._telling(texts)
            case Not(part):
                inner = self._expression(part)
                return Tantivy.boolean_query([(Occur.Must, Tantivy.all_query()), (Occur.MustNot, inner)])
            case _:
                return self._all_hold(self._conditions(expression))

    def _telling(self, texts: Sequence[Leaf]) -> Tantivy:
        known = [one for one in (self._leaf(leaf.text, leaf.part) for leaf in texts) if one.size]
        known.sort(key=lambda one: one.size)
        read = accumulate(one.size for one in known)
        few = [one for one, rows in zip(known, read, strict=True) if rows <= _TELLING]
        if few:
            return _any_of([way for one in few for way in one.ways])
        return self._all_hold(known[: -(-len(known) // 2)]) if known else Tantivy.empty_query()

    def _leaf(self, text: str, part: Part | None) -> Condition:
        placed, token = list(placed_for_query(text)), exact(text)
        contained, exactly = _WAYS[part]
        boost, frequency = Tantivy.boost_query, self._searcher.doc_freq
        ways, phrases, size = [], [], 0
        for field, by in contained:  # a field that lacks a token holds no such text, and need not be asked
            fewest = frequency(field, placed[0][1])
            for _place, one in placed[1:] if fewest else ():
                fewest = min(fewest, frequency(field, one))
            if fewest:
                ways.append(boost(self._phrase(field, placed), by))
                phrases.append(field)
                size += fewest
        for field, by in exactly:
            if count := frequency(field, token):
                ways.append(boost(self._term(field, token), by))
                size += count
        if part is None or part is Part.PERSON:
            sound = token.translate(_AS_SPELLED) if token.isascii() or _UMLAUT in token else token
            if sound.isascii() and sound.isalpha():
                ways.append(self._term("sounds", sound))
                size += frequency("sounds", sound)
        is_phrase = len(ways) == len(phrases) == 1 and len(placed) > 1
        tokens = tuple((phrases[0], one) for _place, one in placed) if is_phrase else ()
        return Condition(tuple(ways) or (Tantivy.empty_query(),), size, tokens)

    def _phrase(self, field: str, placed: list[Placed]) -> Tantivy:
        if len(placed) == 1:
            return Tantivy.term_query(self._schema, field, placed[0][1], "position")
        return Tantivy.phrase_query(self._schema, field, placed)

    def _prefix(self, text: str) -> Tantivy:
        pattern = _MEANS_SOMETHING.sub(r"\\\g<0>", exact(text)) + ".*"
        return _any_of([Tantivy.regex_query(self._schema, field, pattern) for field in ("codes", "numbers")])

    def _term(self, field: str, token: object) -> Tantivy:
        return Tantivy.term_query(self._schema, field, token, index_option="basic")

    def _scope(self, scope: Scope) -> Condition | None:
        """Rows that the scope allows, none where it has no clause; None where it allows all there are."""
        clauses = []
        for clause in scope.any_of:
            narrowing = [one for one in clause if not self._is_everything(one)]
            if not narrowing:
                return None
            clauses.append(narrowing)
        if not clauses:
            return self._one(Tantivy.empty_query(), 0)
        several = [self.all_of([self._among(one) for one in clause]) for clause in clauses if len(clause) > 1]
        single = [(one.field, value) for one, *more in clauses if not more for value in sorted(one.values)]
        counts = {(field, value): self._searcher.doc_freq(field, value) for field, value in single}
        there = [self._term(field, value) for (field, value), count in counts.items() if count]
        size = sum(counts.values())
        if len(there) > _FEW or several or size > _MUCH * self._searcher.num_docs:
            return self._one(_unscored(_any_of([*there, *several])), None if several else size)
        if not there:
            return self._one(Tantivy.empty_query(), 0)
        return Condition(tuple(map(_unscored, there)), size, is_scored=False)

    def _is_everything(self, condition: Among) -> bool:
        """Whether every row fulfils the condition; rows that are deleted but not yet gone count as well."""
        if condition.field in SEVERAL:
            return False
        with_it = sum(self._searcher.doc_freq(condition.field, value) for value in condition.values)
        return with_it == self._searcher.doc_freq("source", self._source)

    def _among(self, condition: Among) -> Tantivy:
        if not condition.values:
            return Tantivy.empty_query()
        if len(condition.values) > _MOST_TERMS:
            return Tantivy.term_set_query(self._schema, condition.field, sorted(condition.values))
        # a set of terms is gathered over the whole index before anything else is looked at; terms are not
        terms = [self._term(condition.field, value) for value in sorted(condition.values)]
        return terms[0] if len(terms) == 1 else _any_of(terms)

    def _filters(self, filters: Filters) -> list[Condition]:
        """One condition for each filter that is set."""
        first, last = _ordinal(filters.dated_from), _ordinal(filters.dated_to)
        ranges = self._range("year", filters.year_from, filters.year_to) + self._range("day", first, last)
        found = [self._one(_unscored(one), self._searcher.num_docs // 2) for one in ranges]  # nobody knows
        found += [self._one(_unscored(self._among(one)), self._frequency(one)) for one in filters.among]
        if filters.rows is not None:
            found.append(self._one(_unscored(self._rows(filters.rows)), len(filters.rows)))
        return found

    def _frequency(self, condition: Among) -> int:
        if len(condition.values) > _MOST_TERMS:
            return int(self._searcher.num_docs)
        return sum(self._searcher.doc_freq(condition.field, value) for value in condition.values)

    def _rows(self, ids: frozenset[int] | frozenset[str]) -> Tantivy:
        return Tantivy.term_set_query(self._schema, "row", sorted(ids)) if ids else Tantivy.empty_query()

    def _range(self, field: str, first: int | None, last: int | None) -> list[Tantivy]:
        if first is None and last is None:
            return []
        return [Tantivy.range_query(self._schema, field, FieldType.Integer, first, last)]

    def codes_behind(self, last_key: str, beginning: str = "") -> Condition:
        """Rows whose key of the order by code comes after that one; with a beginning few, those that have it."""
        end, size = (f"{beginning}{_AFTER_HEX}", 1) if beginning else ("*", self._searcher.num_docs)
        # a range of texts has no constructor of its own
        behind = self._index.parse_query(f"by_code:{{{last_key} TO {end}}}", ["by_code"])
        return self._one(_unscored(behind), size)

    def days(self, days: Sequence[int], size: int) -> Condition:
        """Rows of these days, of which there are `size`."""
        return self._one(_unscored(_any_of([self._term("day", day) for day in days])), size)

    def beyond(self, last_key: int, *, is_descending: bool) -> Tantivy:
        """Rows that come after the sort key `last_key`."""
        lower, upper = (None, last_key) if is_descending else (last_key, None)
        beyond = Tantivy.range_query(
            self._schema, "by_date", FieldType.Unsigned, lower, upper,
            include_lower=is_descending, include_upper=not is_descending,
        )  # fmt: skip
        return _unscored(beyond)


def _ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


def _any_of(queries: Sequence[Tantivy]) -> Tantivy:
    should = Occur.Should
    return Tantivy.boolean_query([(should, query) for query in queries])


def _one_by_one(queries: Sequence[Tantivy]) -> Tantivy:
    """The same as `_any_of`, for a condition beside one that few rows fulfil.

    A union is walked through block by block, and so are the places of a phrase; what is not outside of each part
    is only asked about the rows that the other condition has found. Where hardly any row is outside, looking for
    one would take long.
    """
    outside = Tantivy.all_query()
    for query in queries:
        outside = Tantivy.boolean_query([(Occur.Must, outside), (Occur.MustNot, query)])
    return Tantivy.boolean_query([(Occur.Must, Tantivy.all_query()), (Occur.MustNot, outside)])


def _unscored(query: Tantivy) -> Tantivy:
    return Tantivy.const_score_query(query, 0.0)
