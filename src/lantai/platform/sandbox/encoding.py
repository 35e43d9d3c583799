"""From the values that kit functions return to what JSON can carry."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Set
from datetime import date, datetime
from enum import Enum
from pathlib import PurePath
from typing import Any


def plain(value: object) -> Any:
    """``value`` as JSON: dataclasses become objects, enums their value, dates ISO text. Raises TypeError."""
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | int() | float() | str():
            return value
        case datetime() | date():
            return value.isoformat()
        case PurePath():
            return str(value)
        case Mapping():
            return {str(plain(k)): plain(v) for k, v in value.items()}
        case list() | tuple():
            return [plain(v) for v in value]
        case Set():
            return sorted(plain(v) for v in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    raise TypeError(type(value).__name__)


def put_files(value: Any, paths: list[str]) -> Any:
    """Arguments with every ``{"$file": n}`` replaced by the n-th of ``paths``."""
    if isinstance(value, dict):
        if value.keys() == {"$file"}:
            return paths[value["$file"]]
        return {k: put_files(v, paths) for k, v in value.items()}
    if isinstance(value, list):
        return [put_files(v, paths) for v in value]
    return value
