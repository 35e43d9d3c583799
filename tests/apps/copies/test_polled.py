"""What peers prove in a poll mends a file of the storage root."""

from __future__ import annotations

from lantai.apps.copies.services import PolledContent
from lantai.apps.custody.models import ContentFile
from lantai.platform.ledger.models import Entry
from tests.apps.copies.shelves import Shelves


def test_fed_95_a_file_of_the_storage_root_is_read_in_polls_as_it_lies_and_mended_in_place(
    shelves: Shelves, tmp_path
):
    package = shelves.seal(1)[0] if hasattr(shelves, "seal") else None
    file = ContentFile.objects.filter(package=package).first()
    held, item = PolledContent(), f"sha512:{file.sha512}"
    assert item in held.sample(50, 10**9) and held.size(item) == file.size_bytes
    with held.open(item) as stream:
        good = stream.read()
    from lantai.apps.copies.services.polled import _path_of

    path = _path_of(file)
    path.chmod(0o640)
    path.write_bytes(b"!" + good[1:])
    ContentFile.objects.filter(pk=file.pk).update(is_intact=False)
    with held.open(item) as stream:
        assert stream.read() != good, "the vote is of what lies there"
    offered = tmp_path / "offered"
    offered.write_bytes(b"?" * len(good))
    assert not held.mend(shelves.keeper, item, offered, source="样例馆")
    offered.write_bytes(good)
    assert held.mend(shelves.keeper, item, offered, source="样例馆")
    assert path.read_bytes() == good
    assert ContentFile.objects.get(pk=file.pk).is_intact
    assert (
        Entry.objects.filter(act="copies:damage:repaired", object_id=str(package.pk))
        .latest("id")
        .detail["sources"]
        == "样例馆"
    )
    assert held.open("sha512:00") is None and held.size("other:1") is None
