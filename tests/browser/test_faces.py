"""The portal and the desk in every dress: small, large, dark, in English, without scripts."""

from __future__ import annotations

import pytest

from tests.browser.conftest import PHONE, Open
from tests.browser.place import Place

pytestmark = pytest.mark.browser

PORTAL = (
    "/",
    "/search/?q=通知",
    "/apply/marriage/",
    "/apply/marriage/who/",
    "/track/",
    "/verify/",
    "/accounts/login/",
)


def test_portal_pages_fit_a_phone(visit: Open, place: Place):
    seen = visit(size=PHONE)
    for path in PORTAL:
        seen.page.goto(path)
        seen.look(path.strip("/").replace("/", "-").split("?")[0] or "home")
        assert not seen.has_sideways_scroll(), path
