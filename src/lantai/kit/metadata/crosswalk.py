"""Our description fields and the elements of a scheme, both ways."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lantai.kit.errors import N_, Missing


@dataclass(frozen=True)
class Crosswalk:
    """A one-to-one map between field names and element identifiers, with words where values differ."""

    scheme: str
    elements: Mapping[str, str]  # field → element identifier
    words: Mapping[str, Mapping[str, str]]  # field → our value → the value of the scheme
    tag: str  # how sure this map is

    def to_elements(self, fields: Mapping[str, str]) -> dict[str, str]:
        """`fields` under the identifiers of the scheme; fields that it has no element for are left out."""
        return {
            self.elements[name]: self.words.get(name, {}).get(value, value)
            for name, value in fields.items()
            if name in self.elements
        }

    def to_fields(self, values: Mapping[str, str]) -> dict[str, str]:
        """The inverse of `to_elements`."""
        back = {element: name for name, element in self.elements.items()}
        return {
            back[element]: self._our_word(back[element], value)
            for element, value in values.items()
            if element in back
        }

    def _our_word(self, name: str, value: str) -> str:
        ours = {theirs: word for word, theirs in self.words.get(name, {}).items()}
        return ours.get(value, value)


@cache
def crosswalk(scheme: str) -> Crosswalk:
    """The map between our description fields and `scheme`; raises `Missing` where there is none."""
    tables = tomllib.loads(files(__package__).joinpath("crosswalks.toml").read_text(encoding="utf-8"))
    if scheme not in tables:
        raise Missing(N_("没有与元数据方案“%(scheme)s”对应的著录项对照表。"), scheme=scheme)
    table = tables[scheme]
    return Crosswalk(scheme, table["elements"], table.get("words", {}), table["tag"])
