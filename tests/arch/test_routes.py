"""Every address says who may come in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ninja import NinjaAPI
from ninja.operation import Operation

from lantai.platform.accounts import middleware
from lantai.platform.accounts.roles import roles
from tests.arch.routes import OUTSIDE, routes


def test_every_view_has_a_gate() -> None:
    assert [str(route) for route in routes() if route.is_ours and not hasattr(route.view, "gate")] == []


def test_no_gate_asks_for_a_permission_that_nobody_can_hold() -> None:
    held = {permission for role in roles().values() for permission in role.permissions}
    asked = {
        (str(r), p) for r in routes() if r.is_ours for p in getattr(r.view, "gate", _NO_GATE).permissions
    }
    assert sorted(route for route, permission in asked if permission not in held) == []


class _NO_GATE:
    permissions = ()


def test_only_views_of_known_libraries_go_without_a_gate() -> None:
    assert set(middleware.OUTSIDE) <= set(OUTSIDE)


def test_every_operation_of_the_api_has_a_gate() -> None:
    without = [f"{path} {op.methods}" for path, op in operations() if not hasattr(op.view_func, "gate")]
    assert without == []


def test_an_operation_that_anybody_may_call_says_so_in_its_gate() -> None:
    differing = [
        f"{path} {op.methods}"
        for path, op in operations()
        if (op.auth_param is None) != op.view_func.gate.is_public  # None: nobody is asked to sign in
    ]
    assert differing == []


def operations() -> Iterator[tuple[str, Operation]]:
    """Every operation with its path below the API."""
    from lantai.site.api import api

    assert isinstance(api, NinjaAPI)
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                yield f"{prefix}{path}", operation


def test_the_api_has_operations() -> None:
    assert list(operations())


@pytest.mark.parametrize("name", ["log:checkpoint", "log:tile", "log:trust", "health"])
def test_what_strangers_check_us_by_is_public(name: str) -> None:
    (route,) = (route for route in routes() if route.name == name)
    assert route.view.gate.is_public
