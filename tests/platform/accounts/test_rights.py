"""Who may do what, where and until when."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from lantai.kit.errors import Denied, Missing
from lantai.platform.accounts import policy, queries, services
from lantai.platform.accounts.models import ApiToken, Assignment, User
from lantai.platform.accounts.permissions import P
from lantai.platform.accounts.types import NoSelfGrant, RoleNotHere, RolesCollide, UsernameTaken
from tests.region import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(built: World, db) -> World:
    return deepcopy(built)


def test_a_role_holds_only_where_it_was_given(world):
    clerk = world.ctx("agency_clerk").actor
    assert clerk.orgs_with("filing:document:capture") == {world.agency.pk}
    assert not clerk.orgs_with("intake:submission:decide")


def test_a_bureau_role_reaches_everything_below_it_and_nothing_beside(world):
    orgs = world.ctx("system_officer").actor.orgs_with(P.USER_MANAGE)
    assert {world.archives.pk, world.agency.pk} <= orgs or {world.archives.pk} == orgs
    assert world.other_archives.pk not in orgs


def test_the_three_officers_are_three_people(world):
    ctx = world.ctx("security_officer")
    system = world.user("system_officer")
    org = system.org_id
    with pytest.raises(RolesCollide):
        services.assign_role(
            ctx, user_id=system.pk, role="audit_officer", org_id=org, starts_on=timezone.localdate()
        )
    with pytest.raises(RolesCollide):
        services.assign_role(
            ctx, user_id=system.pk, role="archivist", org_id=org, starts_on=timezone.localdate()
        )


def test_nobody_changes_their_own_rights(world):
    me = world.user("security_officer")
    with pytest.raises(NoSelfGrant):
        services.assign_role(
            world.ctx("security_officer"),
            user_id=me.pk,
            role="archivist",
            org_id=me.org_id,
            starts_on=timezone.localdate(),
        )


def test_a_role_is_refused_at_an_organisation_that_has_no_such_role(world):
    with pytest.raises((RoleNotHere, Denied)):
        services.assign_role(
            world.ctx("security_officer"),
            user_id=world.user("archivist").pk,
            role="agency_clerk",
            org_id=world.archives.pk,
            starts_on=timezone.localdate(),
        )


def test_an_assignment_ends_by_itself(world):
    yesterday = timezone.localdate() - timedelta(days=1)
    Assignment.objects.filter(user=world.user("archivist")).update(starts_on=yesterday, ends_on=yesterday)
    assert not world.ctx("archivist").actor.grants


def test_a_user_without_the_permission_sees_no_accounts_and_cannot_open_one(world):
    ctx = world.ctx("archivist")
    assert not queries.visible(ctx).exists()
    with pytest.raises(Denied):
        services.open_account(ctx, username="new", name="样例", org=world.archives, password="Zhaixing-2026")


def test_two_accounts_never_share_a_name(world):
    with pytest.raises(UsernameTaken):
        services.open_account(
            world.ctx("system_officer"), username="archivist", name="样例", org=world.archives
        )


def test_an_account_elsewhere_looks_like_none(world):
    with pytest.raises(Missing):
        policy.one(queries.visible(world.ctx("system_officer")), pk=world.user("stranger").pk)


def test_the_list_and_the_single_question_agree(world):
    for name in world.people:
        actor = world.ctx(name).actor
        rule = policy.Granted(P.USER_READ) | policy.Owned("pk")
        listed = set(policy.visible(User.objects.all(), rule, actor))
        assert listed == {u for u in User.objects.all() if policy.may(u, rule, actor)}


def test_a_token_works_until_it_is_revoked_or_expires(world):
    ctx = world.ctx("system_officer")
    machine = world.user("oa_connector")
    User.objects.filter(pk=machine.pk).update(is_machine=True, org=world.archives)
    token, secret = services.issue_token(ctx, user_id=machine.pk, label="样例接口")
    assert queries.user_of_token(secret, timezone.now()) == machine
    assert queries.user_of_token(secret + "x", timezone.now()) is None
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert queries.user_of_token(secret, timezone.now()) is None
    ApiToken.objects.filter(pk=token.pk).update(expires_at=None)
    services.revoke_token(ctx, token_id=token.pk)
    assert queries.user_of_token(secret, timezone.now()) is None


def test_holders_are_found_directly_and_by_reach(world):
    today = timezone.localdate()
    assert queries.holders("filing:document:capture", world.agency.pk, today)
    assert world.user("supervisor").pk in queries.holders("holdings:schedule:approve", world.agency.pk, today)
    assert queries.holders("holdings:schedule:approve", world.other_agency.pk, today) == []


def test_a_lock_without_a_transaction_of_the_product_is_noticed_beside_rows_of_a_module(world):
    with pytest.raises(TransactionManagementError, match="outside of a transaction of the product"):
        User.objects.select_for_update().first()
