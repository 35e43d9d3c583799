"""Every address of the product, with the ids that it takes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from lantai.platform.gates import Gate

OUTSIDE = ("allauth.", "django.views.i18n", "django.views.static", "django.contrib.staticfiles", "ninja.")
_PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")

# Names in addresses that do not name their model.
NAMED = {
    "run_id": "jobs.Run",
    "token_id": "accounts.ApiToken",
    "org_id": "orgs.Org",
    "class_id": "holdings.SchemeClass",
    "assessment_id": "singleset.Assessment",
    "evidence_id": "singleset.Evidence",
    "version_id": "schemes.SchemeVersion",
    "preview_id": "schemes.Preview",
    "kind_version_id": "kinds.KindVersion",
    "kind_id": "holdings.RecordKind",
    "bulk_id": "catalogue.BulkChange",
    "schedule_id": "holdings.RetentionSchedule",
    "rule_id": "holdings.RuleSet",
    "policy_id": "copies.CopyPolicy",
    "move_id": "copies.Move",
    "check_id": "custody.CheckRun",
    "bundle_id": "custody.EvidenceBundle",
    "item_id": "catalogue.Description",
    "box_id": "printing.Box",
    "entry_id": "ledger.Entry",
    "citation_id": "authorities.Source",
    "point_id": "catalogue.AccessPoint",
    "view_id": "ui.SavedView",
    "file_id": "custody.ContentFile",
    "set_id": "backup.BackupSet",
    "drill_id": "backup.RestoreDrill",
    "checkpoint_id": "ledger.Checkpoint",
}


@dataclass(frozen=True)
class Route:
    """One address pattern; `places` maps the name of each part to the name of its converter."""

    pattern: str
    name: str
    view: Callable[..., object]
    is_plain: bool

    @property
    def places(self) -> dict[str, str]:
        return {name: kind or "str" for kind, name in _PLACE.findall(self.pattern)}

    @property
    def module(self) -> str:
        """Where the view is written, also when some of its arguments are bound."""
        return str(getattr(self.view, "func", self.view).__module__)

    @property
    def is_ours(self) -> bool:
        return not self.module.startswith(OUTSIDE)

    @property
    def is_api(self) -> bool:
        return self.module.startswith("ninja.")

    @property
    def gates(self) -> dict[str, Gate]:
        """Who may call it by each method that it may know; the API has a gate for every operation."""
        if not self.is_api:
            return dict.fromkeys(("GET", "POST"), getattr(self.view, "gate", Gate()))
        operations = inspect.getclosurevars(self.view).nonlocals["self"].operations
        return {method: operation.view_func.gate for operation in operations for method in operation.methods}

    @property
    def takes_id(self) -> bool:
        return any(kind in {"int", "uuid"} or name.endswith("_id") for name, kind in self.places.items())

    def address(self, values: Mapping[str, object]) -> str:
        """The address with its places filled in."""
        return "/" + _PLACE.sub(lambda found: str(values[found[2]]), self.pattern)

    def __str__(self) -> str:
        return f"/{self.pattern} ({self.module}.{getattr(self.view, '__name__', '?')})"


def routes() -> list[Route]:
    """All of them, in the order in which they are tried."""
    return list(_walk(get_resolver().url_patterns, "", "", True))


def _walk(
    patterns: list[URLPattern | URLResolver], prefix: str, space: str, is_plain: bool
) -> Iterator[Route]:
    for entry in patterns:
        plain = is_plain and isinstance(entry.pattern, RoutePattern)
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = ":".join(filter(None, [space, entry.namespace]))
            yield from _walk(entry.url_patterns, path, inner, plain)
        else:
            name = ":".join(filter(None, [space, entry.name]))
            yield Route(path, name, entry.callback, plain)


def model_of(route: Route, place: str) -> type[models.Model] | None:
    """The model whose id goes to a place: `batch_id` is a Batch, first of the app whose view it is."""
    if place in NAMED:
        return apps.get_model(NAMED[place])
    noun = place.removesuffix("_id").replace("_", "")
    app = next(
        (c.label for c in apps.get_app_configs() if route.view.__module__.startswith(f"{c.name}.")), ""
    )
    found = [m for m in apps.get_models() if m._meta.model_name == noun]
    return min(found, key=lambda m: m._meta.app_label != app, default=None)


# The node's own, which whoever keeps such things anywhere on it may see.
NODES_OWN = {"places.Place": {"slug": "primary"}}


def _first(model: type[models.Model]) -> models.Model | None:
    rows = model._default_manager.order_by("pk")
    if own := NODES_OWN.get(model._meta.label):
        rows = rows.exclude(**own)
    return rows.first()


def ids_for(route: Route) -> dict[str, object] | None:
    """An existing id for every place, or None where a place is a text that only the app understands."""
    values: dict[str, object] = {}
    for place, kind in route.places.items():
        is_id = kind == "int" or place in NAMED or place.endswith("_id")
        model = model_of(route, place) if is_id else None
        row = _first(model) if model else None
        if row is not None:
            values[place] = row.pk
        elif place.endswith("_id"):
            raise LookupError(
                f"{route}: nothing is known for <{place}>; name its model in tests/arch/routes.py"
            )
        else:
            values[place] = 1 if kind == "int" else "sample"
    return values
