"""What the heading of a column means: an element of the scheme, or a column of our own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files

from lantai.kit.metadata import Element, ElementScheme, Part, ValueKind, from_toml, load
from lantai.kit.tabular import narrow

DEFAULT_SCHEME = "da_t_46"
_COLUMNS = "columns.toml"
_OUTSIDE = frozenset({Part.SIGNATURE, Part.AGENT, Part.BUSINESS, Part.RELATION})
_OF_FILES = frozenset({"computerFileName", "computerFileSize"})  # told by our own columns of files
_BRACKETED = re.compile(r"[(\[【〔<《].*?[)\]】〕>》]")
_NOISE = re.compile(r"[\s*:：、,，.。_\-—/（）()]+")


class How(StrEnum):
    """By what a column was recognised."""

    SAVED = "saved"  # the mapping that the agency agreed on
    NAME = "name"  # the element's own name or identifier
    ALIAS = "alias"
    TRIMMED = "trimmed"  # a name or alias once a remark in brackets is left out
    CONTENT = "content"  # what stands below
    KEPT = "kept"  # not recognised; its values are kept under its heading


CONFIDENCE: Mapping[How, float] = {
    How.SAVED: 1.0,
    How.NAME: 1.0,
    How.ALIAS: 0.9,
    How.TRIMMED: 0.8,
    How.CONTENT: 0.6,
    How.KEPT: 0.0,
}


@dataclass(frozen=True)
class Vocabulary:
    """The elements that a column can stand for, and the words for them."""

    elements: tuple[Element, ...]
    aliases: Mapping[str, tuple[str, ...]]

    def __iter__(self) -> Iterator[Element]:
        return iter(self.elements)

    @cached_property
    def _by_identifier(self) -> Mapping[str, Element]:
        return {element.identifier: element for element in self.elements}

    @cached_property
    def _by_word(self) -> Mapping[str, tuple[Element, How]]:
        words: dict[str, tuple[Element, How]] = {}
        for element in self.elements:
            for name in (element.identifier, element.name):
                words.setdefault(key_of(name), (element, How.NAME))
        for identifier, aliases in self.aliases.items():
            if identifier in self._by_identifier:
                for alias in aliases:
                    words.setdefault(key_of(alias), (self._by_identifier[identifier], How.ALIAS))
        return words

    def element(self, identifier: str) -> Element | None:
        """The element with this identifier, or None."""
        return self._by_identifier.get(identifier)

    def find(self, heading: str) -> tuple[Element, How] | None:
        """What ``heading`` stands for, or None."""
        found = self._by_word.get(key_of(heading))
        if found is not None:
            return found
        bare = _BRACKETED.sub("", narrow(heading))
        trimmed = self._by_word.get(key_of(bare)) if bare != heading else None
        return (trimmed[0], How.TRIMMED) if trimmed else None


def key_of(heading: str) -> str:
    """A heading without spaces, line ends, stars and signs; ``责 任 者*`` is ``责任者``."""
    return _NOISE.sub("", narrow(heading)).casefold()


@cache
def vocabulary(scheme_name: str = DEFAULT_SCHEME) -> Vocabulary:
    """The columns that a catalogue of records of this scheme can have; raises `Missing`."""
    return of_scheme(load(scheme_name))


def of_scheme(scheme: ElementScheme) -> Vocabulary:
    """As `vocabulary`, for a scheme of an archives' own."""
    text = files(__package__).joinpath(_COLUMNS).read_text(encoding="utf-8")
    own = from_toml(text)
    ours = {element.identifier for element in own}
    fitting = (
        element
        for element in scheme
        if element.kind is not ValueKind.GROUP
        and element.part not in _OUTSIDE
        and element.identifier not in _OF_FILES | ours
    )
    aliases = {key: tuple(map(str, words)) for key, words in tomllib.loads(text)["aliases"].items()}
    return Vocabulary((*fitting, *own), aliases)
