"""The conditions of a list: how each reads the address, narrows the rows and spells itself as a chip."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lantai.platform.ui.types import Text as Words

Choices = Sequence[tuple[str, Words]] | Callable[[], Iterable[tuple[str, Words]]]
MOST_DIGITS = 30  # of a number that a list is narrowed by
YES = gettext_lazy("是")
NO = gettext_lazy("否")


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition in words, with the parameters whose removal takes it away."""

    text: str
    removes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a facet; ``count`` is None where counting would be dear."""

    value: str
    label: Words
    is_chosen: bool
    count: int | None


@dataclass(frozen=True, slots=True)
class Filter:
    """What all conditions share: a name in the address, a label, and the field they look at."""

    name: str
    label: Words
    lookup: str | None = None

    kind = "text"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the address that belong to this condition."""
        return (self.name,)

    def narrow(self, rows: QuerySet, data: QueryDict) -> QuerySet:
        """The rows that meet the condition as asked in ``data``."""
        raise NotImplementedError

    def chips(self, data: QueryDict) -> list[Chip]:
        """The condition as removable words."""
        raise NotImplementedError

    def given(self, data: QueryDict) -> list[tuple[str, str]]:
        """The parameters of this condition that say something."""
        return [(name, value) for name in self.parameters for value in data.getlist(name) if value]

    def _chip(self, value: object, removes: Iterable[tuple[str, str]]) -> Chip:
        return Chip(_("%(label)s：%(value)s") % {"label": self.label, "value": value}, tuple(removes))


@dataclass(frozen=True, slots=True)
class Text(Filter):
    """The field contains the words, whatever their case."""

    def narrow(self, rows: QuerySet, data: QueryDict) -> QuerySet:
        """See Filter."""
        asked = data.get(self.name, "").strip()
        return rows.filter(**{self.lookup or f"{self.name}__icontains": asked}) if asked else rows

    def chips(self, data: QueryDict) -> list[Chip]:
        """See Filter."""
        asked = data.get(self.name, "").strip()
        return [self._chip(asked, self.given(data))] if asked else []


@dataclass(frozen=True, slots=True)
class Choice(Filter):
    """The field is one of the chosen values; each choice shows how many rows it would leave."""

    choices: Choices = ()
    facet: bool = True
    many: bool = True

    kind = "choice"

    def labels(self) -> dict[str, Words]:
        """Value to label, in the order of the choices."""
        found = self.choices() if callable(self.choices) else self.choices
        return {str(value): label for value, label in found}

    def chosen(self, data: QueryDict) -> list[str]:
        """The chosen values that exist; anything else in the address is ignored, and nothing asked looks nothing up."""
        if not (values := data.getlist(self.name)):
            return []
        known = self.labels()
        values = [value for value in values if value in known]
        return values if self.many else values[-1:]

    def narrow(self, rows: QuerySet, data: QueryDict) -> QuerySet:
        """See Filter."""
        chosen = self.chosen(data)
        return rows.filter(**{f"{self.path}__in": chosen}) if chosen else rows

    def chips(self, data: QueryDict) -> list[Chip]:
        """See Filter."""
        chosen = self.chosen(data)
        labels = self.labels() if chosen else {}
        return [self._chip(labels[value], [(self.name, value)]) for value in chosen]

    @property
    def path(self) -> str:
        """The field, as the database asks for it."""
        return self.lookup or self.name

    def options(self, data: QueryDict, counts: Mapping[str, int]) -> list[Option]:
        """The choices as shown; ``counts`` are the rows each would leave, empty where nobody counts them."""
        chosen = set(self.chosen(data))
        return [
            Option(value, label, value in chosen, counts.get(value, 0) if counts else None)
            for value, label in self.labels().items()
        ]


@dataclass(frozen=True, slots=True)
class Flag(Filter):
    """The field is true, or is not."""

    yes: Words = YES
    no: Words = NO

    kind = "flag"

    def options(self, data: QueryDict) -> list[Option]:
        """Yes and no, uncounted."""
        asked = data.get(self.name, "")
        return [Option("1", self.yes, asked == "1", None), Option("0", self.no, asked == "0", None)]

    def narrow(self, rows: QuerySet, data: QueryDict) -> QuerySet:
        """See Filter."""
        asked = data.get(self.name, "")
        return rows.filter(**{self.lookup or self.name: asked == "1"}) if asked in {"0", "1"} else rows

    def chips(self, data: QueryDict) -> list[Chip]:
        """See Filter."""
        words = {"1": self.yes, "0": self.no}
        return [self._chip(words[v], [(n, v)]) for n, v in self.given(data) if v in words]


@dataclass(frozen=True, slots=True)
class Range(Filter):
    """The number lies between two ends, both included; an end that is no number is ignored."""

    kind = "range"

    @property
    def parameters(self) -> tuple[str, ...]:
        """See Filter."""
        return (f"{self.name}_from", f"{self.name}_to")

    def end(self, text: str) -> object | None:
        """``text`` as a value of the field, or None."""
        try:
            number = Decimal(text)
        except InvalidOperation:
            return None
        # Such a number as 1E+9999999 would take minutes to write out for the database.
        return number if number.is_finite() and abs(number.adjusted()) <= MOST_DIGITS else None

    def narrow(self, rows: QuerySet, data: QueryDict) -> QuerySet:
        """See Filter."""
        asked = Q()
        for name, comparison in zip(self.parameters, ("gte", "lte"), strict=True):
            value = self.end(data.get(name, "").strip())
            if value is not None:
                asked &= Q(**{f"{self.lookup or self.name}__{comparison}": value})
        return rows.filter(asked)

    def chips(self, data: QueryDict) -> list[Chip]:
        """See Filter."""
        given = [(name, value) for name, value in self.given(data) if self.end(value) is not None]
        if not given:
            return []
        ends = dict(given)
        first, last = (ends.get(name, "") for name in self.parameters)
        return [self._chip(_("%(first)s 至 %(last)s") % {"first": first or "…", "last": last or "…"}, given)]


@dataclass(frozen=True, slots=True)
class DateRange(Range):
    """The day lies between two days, both included."""

    kind = "dates"

    def end(self, text: str) -> object | None:
        """See Range."""
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
