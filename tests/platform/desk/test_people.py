"""Officers open accounts, give roles and issue tokens on pages; each sees only what is theirs."""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.test import Client
from django.urls import reverse

from lantai.platform.accounts.models import ApiToken, Assignment, User
from tests.region import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(built: World, db) -> World:
    return deepcopy(built)


def client_of(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.user(name))
    return client


def test_the_system_officer_opens_an_account_and_the_security_officer_gives_it_a_role(world):
    system, security = client_of(world, "system_officer"), client_of(world, "security_officer")
    org = world.user("system_officer").org_id
    answer = system.post(
        reverse("desk:new_user"),
        {"username": "xin", "name": "样例新人", "org": org, "password": "Zhaixing-2026-Lou"},
    )
    user = User.objects.get(username="xin")
    assert answer.status_code == 303 and answer["Location"] == reverse("desk:user", args=[user.pk])
    given = {"role": "archivist", "org": world.archives.pk, "starts_on": "2026-01-01"}
    assert security.post(reverse("desk:assign_role", args=[user.pk]), given).status_code in (303, 422)
    page = security.get(reverse("desk:user", args=[user.pk]))
    assert page.status_code == 200 and "样例新人" in page.content.decode()


def test_a_weak_password_is_explained_beside_its_field_and_nothing_is_opened(world):
    org = world.user("system_officer").org_id
    form = {"username": "xin", "name": "样例新人", "org": org, "password": "12345"}
    answer = client_of(world, "system_officer").post(reverse("desk:new_user"), form)
    assert answer.status_code == 422 and not User.objects.filter(username="xin").exists()


def test_a_token_is_shown_once_and_works_until_revoked(world):
    machine = world.user("oa_connector")
    User.objects.filter(pk=machine.pk).update(is_machine=True, org=world.user("system_officer").org)
    officer = client_of(world, "system_officer")
    page = officer.post(
        reverse("desk:new_token", args=[machine.pk]), {"label": "样例接口", "days": 30}
    ).content.decode()
    assert "lt_" in page
    token = ApiToken.objects.get()
    assert token.digest not in page
    officer.post(reverse("desk:revoke_token", args=[token.pk]))
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_a_withdrawn_role_ends_at_the_next_request(world):
    row = Assignment.objects.filter(user=world.user("archivist")).first()
    archivist = client_of(world, "archivist")
    assert archivist.get(reverse("intake:submissions")).status_code == 200
    row.delete()
    assert archivist.get(reverse("intake:submissions")).status_code == 404


@pytest.mark.parametrize("name", ["archivist", "audit_officer", "agency_clerk"])
def test_who_is_no_officer_finds_no_accounts(world, name):
    assert client_of(world, name).get(reverse("desk:users")).status_code == 404


def test_nobody_gives_themselves_a_role(world):
    me = world.user("security_officer")
    given = {"role": "archivist", "org": me.org_id, "starts_on": "2026-01-01"}
    answer = client_of(world, "security_officer").post(reverse("desk:assign_role", args=[me.pk]), given)
    assert answer.status_code in (403, 422) and Assignment.objects.filter(user=me).count() == 1


def test_a_forgotten_password_is_set_anew_by_the_officer_and_ends_open_sessions(world):
    user = world.user("archivist")
    session = client_of(world, "archivist")
    assert session.get(reverse("home")).status_code == 200
    officer = client_of(world, "system_officer")
    assert officer.get(reverse("desk:set_password", args=[user.pk])).status_code == 200
    weak = officer.post(reverse("desk:set_password", args=[user.pk]), {"password": "12345"})
    assert weak.status_code == 422
    done = officer.post(reverse("desk:set_password", args=[user.pk]), {"password": "Xin-de-Mima-2026"})
    assert done.status_code == 303
    user.refresh_from_db()
    assert user.check_password("Xin-de-Mima-2026")
    assert session.get(reverse("home")).status_code == 302


@pytest.mark.parametrize(
    "door", ["signup/", "email/", "password/reset/", "password/reset/done/", "password/set/"]
)
def test_the_doors_that_lead_nowhere_are_not_there(client, world, door):
    assert client.get(f"/accounts/{door}").status_code == 404
