"""The keys of persons' numbers: one in the key folder that people guard, a ring in the database wrapped in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from lantai.apps.catalogue.models import NumberRing, SealedNumber
from lantai.apps.catalogue.types import NewRow
from lantai.apps.kinds import queries as kinds
from lantai.apps.kinds.types import KindField, is_masked, masked_number, parse
from lantai.kit.crypto import envelopes, persons
from lantai.kit.crypto.envelopes import Ring, WrongKey
from lantai.platform.places import sealed as keyfiles

LOCK = 0x6C616E74  # held alone by who makes the first ring or drops a key, shared by who seals


_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Number:
    """A number to be kept with a description; ``text`` is "" where it was taken out."""

    description_id: int
    field: str
    text: str


def key_path() -> Path:
    """Where the guarded key lies: with the other keys, in no backup set."""
    return Path(settings.LANTAI_KEYS) / "persons.key"


def ring() -> Ring:
    """The ring in force, made with its key where there is none yet; raises ``KeyMissing``, ``WrongKey``."""
    documents = _documents()
    if not documents:
        _make_first()
        documents = _documents()
    return _opened(documents, keyfiles.read_key(key_path()))


def _documents() -> tuple[bytes, ...]:
    found = NumberRing.objects.order_by("-pk").values_list("document", flat=True)
    return tuple(bytes(document) for document in found)


@lru_cache(maxsize=4)  # unwrapping is cheap, but a page may ask many times
def _opened(documents: tuple[bytes, ...], key: bytes) -> Ring:
    for document in documents:
        with suppress(WrongKey):  # wrapped for a key that is still to come, or was before
            return envelopes.unwrap(document, key)
    raise WrongKey


def _make_first() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if NumberRing.objects.exists():
            return
        path = key_path()
        with suppress(FileExistsError):
            keyfiles.make_key(path, settings.LANTAI_PERSON_CIPHER)
        made = envelopes.new_ring(keyfiles.algorithm_of(path))
        document = envelopes.wrap(made, keyfiles.read_key(path))
        NumberRing.objects.create(document=document, made_at=timezone.now())


def about(description_id: int, field: str) -> str:
    """What a sealed number is bound to."""
    return f"catalogue:{description_id}:{field}"


def mask_numbers(
    fields: Iterable[KindField], values: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, str]]:
    """Own values with every number masked, and the numbers that were in them, by field.

    A value that is no number a person could have is masked and kept all the same: it came so.
    """
    kept, numbers = dict(values), dict[str, str]()
    for field in fields:
        text = _text(kept.get(field.name))
        if text and not is_masked(text):
            numbers[field.name] = _normal(field, text)
            kept[field.name] = masked_number(numbers[field.name])
    return kept, numbers


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return "、".join(map(str, value))
    return "" if value is None else str(value)


def _normal(field: KindField, text: str) -> str:
    try:
        return str(parse(field, text))
    except ValueError:
        return text.strip()


class Withheld:
    """Masks the numbers of new rows as they pass by, and seals them once the rows have ids."""

    def __init__(self) -> None:
        self._fields = kinds.sealed_fields()
        self._found: dict[tuple[int, str, str], dict[str, str]] = {}

    def passing(self, rows: Iterable[NewRow]) -> Iterator[NewRow]:
        """The rows without the numbers; no query is made while they pass, since a COPY may be under way."""
        for row in rows:
            fields = self._fields.get(row.kind_id) if row.metadata else None
            values, numbers = mask_numbers(fields, row.metadata) if fields else ({}, {})
            if numbers:
                self._found[row.fonds_id, row.level, row.reference_code] = numbers
                yield replace(row, metadata=values)
            else:
                yield row

    def keep(self) -> int:
        """Seal what was withheld from the rows of the temporary table `catalogue_entering`; how many numbers."""
        if not self._found:
            return 0
        count, batch = 0, list[Number]()
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, fonds_id, level, reference_code FROM catalogue_entering")
            ids = cursor.fetchall()
        for pk, *key in ids:
            batch += [Number(pk, name, text) for name, text in self._found.get(tuple(key), {}).items()]
            if len(batch) >= _BATCH:
                count, batch = count + keep(batch), []
        return count + keep(batch)


def keep(numbers: Iterable[Number], *, revision: int = 1) -> int:
    """Seal numbers of descriptions as they stand since a revision; how many. Former ones stay for the history."""
    given = list(numbers)
    if not given:
        return 0
    with connection.cursor() as cursor:  # the keys that are read now stay until this is committed
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])
    keys = ring()
    for field in {one.field for one in given} if revision > 1 else ():
        SealedNumber.objects.filter(
            description_id__in=[one.description_id for one in given if one.field == field],
            field=field,
            is_current=True,
        ).update(is_current=False)
    SealedNumber.objects.bulk_create([_row(keys, one, revision) for one in given], batch_size=1_000)
    return len(given)


def _row(keys: Ring, one: Number, revision: int) -> SealedNumber:
    return SealedNumber(
        description_id=one.description_id,
        field=one.field,
        revision=revision,
        is_current=bool(one.text),
        key_number=keys.newest,
        sealed=persons.seal(keys, one.text, about=about(one.description_id, one.field)) if one.text else b"",
        tag=persons.tag(keys, one.text) if one.text else b"",
    )


def opened(row: SealedNumber) -> str:
    """The number of a sealed row; "" where it was taken out."""
    if not row.sealed:
        return ""
    return persons.open_(
        ring(), row.key_number, bytes(row.sealed), about=about(row.description_id, row.field)
    )


def same(row: SealedNumber | None, text: str) -> bool:
    """Whether `text` is the number that the row keeps, without opening it."""
    if row is None or not row.sealed:
        return not text
    keys = ring()
    return row.key_number in keys.keys and bytes(row.tag) == persons.tag(keys, text, row.key_number)
