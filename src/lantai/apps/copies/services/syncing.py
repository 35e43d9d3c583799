"""What is wanted, by all policies at once: rows of copies follow packages and policies in a few statements."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import F

from lantai.apps.copies.models import Copy
from lantai.apps.copies.services.policies import choose_anew
from lantai.apps.copies.services.replication import start_filling
from lantai.apps.copies.types import CopyState
from lantai.platform.context import Ctx
from lantai.platform.places import services as places
from lantai.platform.places.types import PRIMARY

# The narrowest policy of each package: the custodian's own before that of its archives, a fonds before a kind.
_POLICY_OF = """
    select p.id as package_id, p.version, p.inventory_sha512, found.id as policy_id
    from custody_package p
    join orgs_org o on o.id = p.custodian_id
    left join lateral (
        select c.id from copies_copypolicy c
        where c.org_id in (o.id, o.archives_id)
          and (c.fonds_id is null or c.fonds_id = p.fonds_id)
          and (c.source_type = '' or c.source_type = p.source_type)
        order by (c.org_id = o.id) desc, (c.fonds_id is not null) desc, (c.source_type <> '') desc
        limit 1
    ) found on true
    where %(package_id)s::bigint is null or p.id = %(package_id)s
"""

# What is sealed was read back before its rows were made: the copy in the storage root is whole from the start.
_PRIMARY = """
    insert into copies_copy (package_id, place_id, state, version, inventory_sha512, byte_count, file_count,
        verified_at, is_wanted, is_due, tries, why)
    select id, %(primary_id)s, 'whole', version, inventory_sha512, byte_count, file_count, stored_at, true,
        false, 0, ''
    from custody_package where %(package_id)s::bigint is null or id = %(package_id)s
    on conflict (package_id, place_id) do update
        set version = excluded.version, inventory_sha512 = excluded.inventory_sha512
        where copies_copy.inventory_sha512 <> excluded.inventory_sha512
"""

_WANTED = f"""
    insert into copies_copy (package_id, place_id, state, version, inventory_sha512, byte_count, file_count,
        is_wanted, is_due, tries, why)
    select w.package_id, pp.place_id, 'wanted', 0, '', 0, 0, true, true, 0, ''
    from ({_POLICY_OF}) w
    join copies_policyplace pp on pp.policy_id = w.policy_id and pp.is_chosen
    on conflict (package_id, place_id) do update set
        is_wanted = true,
        state = case when copies_copy.state = 'retired' then 'wanted' else copies_copy.state end,
        version = case when copies_copy.state = 'retired' then 0 else copies_copy.version end,
        is_due = true, next_try_at = null, tries = 0
        where not copies_copy.is_wanted or copies_copy.state = 'retired'
"""

_BEHIND = """
    update copies_copy c set is_due = true, next_try_at = null, tries = 0
    from custody_package p
    where p.id = c.package_id and not c.is_due and c.is_wanted and c.place_id <> %(primary_id)s
      and c.state in ('whole', 'damaged') and c.version < p.version
      and (%(package_id)s::bigint is null or p.id = %(package_id)s)
"""

_SETTLED = """
    update copies_copy c set is_due = false
    from custody_package p
    where p.id = c.package_id and c.is_due and c.state = 'whole' and c.inventory_sha512 = p.inventory_sha512
      and (%(package_id)s::bigint is null or p.id = %(package_id)s)
"""

_SURPLUS = f"""
    update copies_copy c set is_wanted = false, is_due = false
    from ({_POLICY_OF}) w
    where c.package_id = w.package_id and c.is_wanted and c.place_id <> %(primary_id)s
      and not exists (
        select 1 from copies_policyplace pp
        where pp.policy_id = w.policy_id and pp.place_id = c.place_id and pp.is_chosen)
"""

# What was only wanted and is no longer, and of which nothing was written, is not worth a row.
_FORGET = """
    delete from copies_copy
    where not is_wanted and state = 'wanted' and version = 0 and tries = 0
      and (%(package_id)s::bigint is null or package_id = %(package_id)s)
"""


def policy_of(package_id: int) -> int | None:
    """The policy that counts for a package."""
    with connection.cursor() as cursor:
        cursor.execute(f"select w.policy_id from ({_POLICY_OF}) w", {"package_id": package_id})
        row = cursor.fetchone()
    return row[0] if row else None


@transaction.atomic
def follow_destruction(ctx: Ctx, *, package_id: int) -> int:
    """Copies that nobody asks for any more lose destroyed content as well: they are written anew like the others."""
    rows = Copy.objects.filter(package_id=package_id, is_wanted=False, cleared_at=None, version__gt=0)
    late = rows.filter(state__in=(CopyState.WHOLE, CopyState.DAMAGED)).exclude(place__slug=PRIMARY)
    count = late.filter(version__lt=F("package__version")).update(is_due=True, next_try_at=None, tries=0)
    start_filling(ctx)
    return count


@transaction.atomic
def sync(ctx: Ctx, *, package_id: int | None = None) -> int:
    """Bring the rows of copies up to the packages and policies there are; returns how many rows changed."""
    values = {"primary_id": places.ensure_primary().pk, "package_id": package_id}
    changed = 0
    with connection.cursor() as cursor:
        for statement in (_PRIMARY, _WANTED, _BEHIND, _SETTLED, _SURPLUS, _FORGET):
            cursor.execute(statement, values)
            changed += max(cursor.rowcount, 0)
    start_filling(ctx)
    return changed


@transaction.atomic
def sync_all(ctx: Ctx) -> int:
    """After a change of policies or places: which places are taken, and which copies they must hold."""
    choose_anew()
    return sync(ctx)
