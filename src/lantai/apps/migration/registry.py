"""Which converters there are; told by their owners at start."""

from __future__ import annotations

from lantai.apps.migration.types import Converter, ConverterUnfit

_converters: dict[str, Converter] = {}


def register_converter(converter: Converter) -> None:
    """Offer a way to make files anew."""
    _converters[converter.slug] = converter


def converters() -> tuple[Converter, ...]:
    """All of them, in the order of their registration."""
    return tuple(_converters.values())


def converter_named(slug: str) -> Converter | None:
    """One by its slug; None after an upgrade that dropped it."""
    return _converters.get(slug)


def converters_for(puid: str) -> tuple[Converter, ...]:
    """Those that read a format."""
    return tuple(one for one in _converters.values() if puid in one.sources)


def fitting(slug: str, puid: str) -> Converter:
    """The converter, if it reads that format; raises ``ConverterUnfit``."""
    found = converter_named(slug)
    if found is None or puid not in found.sources:
        raise ConverterUnfit(field="converter", label=str(found.label) if found else slug, puid=puid)
    return found
