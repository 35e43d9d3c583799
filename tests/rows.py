"""Rows of any model for sweeps that ask only whose a row is: filled from the model itself."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

_numbers = itertools.count(1)

# What a model's own constraints ask for beyond its fields, by label.
SPECIAL: dict[str, Mapping[str, Any]] = {
    "catalogue.Description": {"level": "file"},
    "authorities.Authority": {"unit": None},
    "quality.Snapshot": {"finished_at": datetime(2026, 3, 3, tzinfo=UTC)},  # one a fonds is under way
    "catalogue.BulkChange": {"state": "done"},  # what is only chosen is no list's business
    "disposal.LegalHold": {"scope": "item", "fonds": None, "package": None},
    "blobs.Upload": {"blob_key": ""},
    "intake.SubmissionItem": {"verdict": "failed"},
    "singleset.Assessment": {"state": "ended"},  # of the others one at a time
    "witness.Peer": {
        "keys": "sample.example/witness+26cc12ac+BOhTVFviYG1SWxgYkKRUD/6eKwITLX2wrJ0h4xhkYqEc\n"
    },
    "witness.Policy": {"text": "quorum none\n"},
    "witness.Cosignature": {"line": "— sample.example/witness AAAAAAAA\n"},
    "witness.Stamp": {"token": b"0\x00"},
    "witness.Anchor": {"state": "confirmed", "record": "{}"},  # of those under way one a chain
    "backup.BackupSet": {"state": "failed"},  # of those being made one a plan
    "backup.Alarm": {"mended_at": datetime(2026, 3, 3, tzinfo=UTC)},
    "custody.CheckResult": {"outcome": "pass", "property": "authenticity"},
}

# References that a row shares with no other, by label.
FRESH = {
    "authorities.Relation": frozenset({"target"}),
    "topics.Member": frozenset({"description"}),
    "copies.Copy": frozenset({"package"}),
    "copies.Move": frozenset({"source"}),
    "disposal.DisposalLine": frozenset({"description"}),
    "imports.ImportedRow": frozenset({"description"}),
}


def make(model: type[models.Model], owners: Mapping[str, models.Model], **given: Any) -> Any:
    """One new row; every reference to an organisation is to the owner named like the field, else to `org`."""
    return model._default_manager.create(**_values(model, owners, given))


def make_many(model: type[models.Model], owners: Mapping[str, models.Model], count: int) -> None:
    """So many rows by few statements; what they refer to they share, but for what a row shares with no other."""
    own = {*FRESH.get(model._meta.label, ()), *SPECIAL.get(model._meta.label, ())}
    shared = {
        field.name: _value(field, owners, 0)
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and not field.unique and field.name not in own
        if _is_wanted(model, field)
    }
    model._default_manager.bulk_create([model(**_values(model, owners, shared)) for _ in range(count)])


def _values(
    model: type[models.Model], owners: Mapping[str, models.Model], given: Mapping[str, Any]
) -> dict[str, Any]:
    number = next(_numbers)
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.name in given or field.attname in given or isinstance(field, models.AutoField):
            continue
        if _is_wanted(model, field):
            is_fresh = field.name in FRESH.get(model._meta.label, ())
            values[field.name] = (
                make(field.related_model, owners) if is_fresh else _value(field, owners, number)
            )
    return values | dict(SPECIAL.get(model._meta.label, {})) | dict(given)


def _is_wanted(model: type[models.Model], field: models.Field) -> bool:
    if _is_owner(field):
        return True
    if isinstance(field, models.ForeignKey) or not _is_unique(model, field):
        return not field.null and not field.has_default() and not getattr(field, "auto_now_add", False)
    return True


def _is_owner(field: models.Field) -> bool:
    is_org = field.is_relation and field.related_model._meta.label == "orgs.Org"
    return is_org and field.model is not field.related_model


def _is_unique(model: type[models.Model], field: models.Field) -> bool:
    together = [c.fields for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]
    return field.unique or any(field.name in names for names in together)


def _value(field: models.Field, owners: Mapping[str, models.Model], number: int) -> Any:
    if _is_owner(field):
        return owners.get(field.name, owners["org"])
    match field:
        case models.OneToOneField():
            return make(field.related_model, owners)
        case models.ForeignKey():
            named = owners.get(field.related_model._meta.model_name)
            return named or field.related_model._default_manager.first() or make(field.related_model, owners)
        case models.SlugField():
            return f"sample-{number:04d}"[: field.max_length]
        case models.CharField() | models.TextField() if field.choices:
            return field.flatchoices[0][0]
        case models.CharField() | models.TextField() if field.blank and not _is_unique(field.model, field):
            return ""
        case models.CharField() | models.TextField():
            return f"{number:04d}样例"[: field.max_length or 40]
        case models.BooleanField():
            return False
        case models.DateTimeField():
            return datetime(2026, 3, 2, tzinfo=UTC)
        case models.DateField():
            return date(2026, 3, 2)
        case models.IntegerField():
            return number
        case models.UUIDField():
            return uuid.uuid4()
        case models.BinaryField():
            return b"sample"
        case models.JSONField():
            return {}
        case ArrayField():
            return ["样例"]
    raise NotImplementedError(f"no sample value for {field}")
