"""The demo's accounts share one password, which no rule for passwords may refuse by bad luck."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password

from lantai.platform.accounts.models import User
from lantai.site.demo import region, tour


@pytest.mark.parametrize("drawn", [0, 1234567890, 9999999999])
def test_the_password_of_the_demo_is_fit_for_every_account(settings, tmp_path, monkeypatch, drawn):
    settings.LANTAI_HOME = tmp_path
    monkeypatch.setattr(tour.secrets, "randbelow", lambda _below: drawn)
    made = tour.password()
    names = [region.username(place.slug, role) for place in region.PLACES for role in region._roles_at(place)]
    for name in names:
        validate_password(made, User(username=name, name="样例"))
    assert names and tour.password() == made
