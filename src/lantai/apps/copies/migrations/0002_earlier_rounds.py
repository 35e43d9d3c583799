"""Rounds of fixity that were read before there were copies: what they read and found stays to be seen."""

from django.db import migrations

KINDS = {"missing": "missing", "changed": "flipped", "unreadable": "unreadable"}
COPY_WHOLE = """
    insert into copies_copy (package_id, place_id, state, version, inventory_sha512, byte_count, file_count,
        verified_at, is_wanted, is_due, tries, why)
    select id, %s, 'whole', version, inventory_sha512, byte_count, file_count, coalesce(checked_at, stored_at),
        true, false, 0, '' from custody_package
    on conflict do nothing
"""


def take_over(apps, schema_editor):
    """Each round becomes a reading; each fault a damage of the copy in the storage root."""
    FixityRound, FixityFault = (apps.get_model("custody", name) for name in ("FixityRound", "FixityFault"))
    Package, Place = apps.get_model("custody", "Package"), apps.get_model("places", "Place")
    Copy, Reading, Damage = (apps.get_model("copies", name) for name in ("Copy", "Reading", "Damage"))
    if not Package.objects.exists():
        return
    defaults = {"title": "主存储", "kind": "folder", "medium": "disk", "read_order": 0}
    primary, _made = Place.objects.get_or_create(slug="primary", defaults=defaults)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(COPY_WHOLE, [primary.pk])
    for old in FixityRound.objects.exclude(org=None).order_by("pk").iterator():
        row = Reading.objects.create(
            org_id=old.org_id, kind="demand", place=primary, started_at=old.started_at,
            finished_at=old.finished_at or old.started_at, file_count=old.file_count, byte_count=old.byte_count,
            damage_count=old.fault_count, run_id=old.run_id,
        )  # fmt: skip
        for fault in FixityFault.objects.filter(round=old).select_related("file").iterator():
            Damage.objects.bulk_create(
                [
                    Damage(
                        copy=Copy.objects.get(package_id=fault.file.package_id, place=primary),
                        reading=row, kind=KINDS[fault.kind], found_at=fault.found_at,
                        path=f"v1/content/{fault.file.sha512[:2]}/{fault.file.sha512}",
                        expected_sha512=fault.file.sha512,
                        repaired_at=(fault.file.checked_at or row.finished_at) if fault.file.is_intact else None,
                    )
                ],
                ignore_conflicts=True,
            )  # fmt: skip
    bad = Damage.objects.filter(repaired_at=None).values("copy_id")
    Copy.objects.filter(pk__in=bad).update(state="damaged")


class Migration(migrations.Migration):
    dependencies = [
        ("copies", "0001_initial"),
        ("custody", "0004_evidence_bundle"),
        ("places", "0001_initial"),
    ]
    run_before = [("custody", "0005_fixity_is_read_by_copies")]

    operations = [migrations.RunPython(take_over, migrations.RunPython.noop, elidable=True)]
