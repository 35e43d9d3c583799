"""Findings in the reader's language: their sentences, and the words of a scheme that stand in them.

What an element or a part is called is Chinese in the data of a scheme, and so in a finding and its place. Only
values that name such a thing are looked up: a title or a name of a file stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Translate = Callable[[str], str]

_NAMING = frozenset({"name", "names", "element", "part", "earlier", "later"})
_LISTED, _BETWEEN = "、", " · "


def told(message: str, params: Mapping[str, object], translate: Translate) -> str:
    """The message (a msgid) with its values."""
    said = translate(message) if message else ""
    return said % {key: _named(key, value, translate) for key, value in params.items()} if params else said


def place_told(place: str, translate: Translate) -> str:
    """The place of a finding, with the element that ends it by the name that the reader knows."""
    head, between, field = place.rpartition(_BETWEEN)
    return head + between + translate(field) if field else place


def _named(key: str, value: object, translate: Translate) -> object:
    if key not in _NAMING or not isinstance(value, str) or not value:
        return value
    words = value.split(_LISTED)
    found = [translate(word) if word else word for word in words]
    return value if found == words else ", ".join(found)
