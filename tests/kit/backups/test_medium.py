from __future__ import annotations

import hashlib
import os
import random
import subprocess

import pytest

from lantai.kit import cli
from lantai.kit.backups import medium, parity
from lantai.kit.backups.medium import NoMedium
from lantai.kit.backups.parity import TooMuchLost
from lantai.kit.crypto import generate
from lantai.kit.evidence.notes import verifier_key
from lantai.kit.evidence.trust import TrustStore
from tests.kit.backups.shelves import Folder, Memory, make_set


@pytest.mark.parametrize("count", [1, 3, parity.DATA])
def test_any_four_blocks_of_a_group_come_back(count):
    chance = random.Random(count)
    blocks = [chance.randbytes(64) for _ in range(count)]
    spare = dict(enumerate(parity.recovery_blocks(blocks)))
    for _ in range(20):
        lost = set(chance.sample(range(count), min(count, chance.randint(0, 4))))
        left = dict(chance.sample(sorted(spare.items()), len(lost)))
        kept = {n: block for n, block in enumerate(blocks) if n not in lost}
        assert parity.recover(kept, left, count=count, size=64) == {n: blocks[n] for n in lost}
    if count > 4:
        with pytest.raises(TooMuchLost):
            parity.recover(dict(list(enumerate(blocks))[5:]), spare, count=count, size=64)


@pytest.fixture
def written(tmp_path):
    """A medium with a signed set of 40 small files and two larger ones."""
    source = tmp_path / "source"
    source.mkdir()
    for number in range(40):
        (source / f"样例{number:02d}.txt").write_bytes(os.urandom(500 + number))
    for name in "ab":
        (source / f"{name}.bin").write_bytes(os.urandom(1_300_000))
    key = generate("ed25519")
    folder = Folder(tmp_path / "medium")
    manifest, _ = make_set(folder, Memory(folder), source, tmp_path, key=key)
    said = medium.readme([manifest.set_id], origin=manifest.origin, until="2026-11-22")
    medium.finish(folder.root, said)
    trust = tmp_path / "trust.txt"
    trust.write_text(TrustStore((verifier_key(manifest.origin, key.public),)).render())
    return folder.root, trust


def damage(root, share: float) -> int:
    """Overwrite one stretch of so much of all that lies on the medium, across the borders of its files."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and path.name != "index.json")
    left = int(sum(path.stat().st_size for path in files) * share)
    done = 0
    for path in files[1:]:
        size = path.stat().st_size
        take = min(left - done, size)
        path.write_bytes(os.urandom(take) + path.read_bytes()[take:])
        done += take
        if done >= left:
            return done
    return done


def test_bak_130_a_medium_with_five_percent_damaged_is_repaired_and_verified_with_no_server(
    written, tmp_path, capsys
):
    root, trust = written
    before = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (root / "packs").rglob("*.*")}
    assert subprocess.run(["sha256sum", "--quiet", "-c", medium.SUMS], cwd=root).returncode == 0
    assert cli.main(["medium", str(root), "--trust", str(trust)]) == cli.DONE
    assert damage(root, 0.05) > 100_000
    (root / "parity" / "index.json").unlink()
    assert cli.main(["medium", str(root)]) == cli.NOT_GOOD
    assert "可以修复" in capsys.readouterr().out
    healed = tmp_path / "healed"
    assert cli.main(["medium", str(root), "--repair", str(healed), "--trust", str(trust)]) == cli.DONE
    after = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (healed / "packs").rglob("*.*")}
    assert after == before
    assert subprocess.run(["sha256sum", "--quiet", "-c", medium.SUMS], cwd=healed).returncode == 0


def test_what_cannot_be_repaired_is_said_and_nothing_is_claimed(written, tmp_path):
    root, _trust = written
    damage(root, 0.5)
    found = medium.check(root)
    assert found.damaged and not found.is_repairable
    with pytest.raises(TooMuchLost):
        medium.repair(root, tmp_path / "healed")
    assert cli.main(["medium", str(root), "--repair", str(tmp_path / "again")]) == cli.USAGE


def test_a_medium_signed_by_a_stranger_is_not_good(written, tmp_path):
    root, _trust = written
    other = tmp_path / "other.txt"
    other.write_text(TrustStore((verifier_key("sample.example/log", generate("ed25519").public),)).render())
    assert cli.main(["medium", str(root), "--trust", str(other)]) == cli.NOT_GOOD
    with pytest.raises(NoMedium):
        medium.check(tmp_path)


def test_the_page_on_the_medium_reads_in_two_languages(written):
    root, _trust = written
    said = (root / medium.README).read_text("utf-8")
    assert "备份集：S1" in said and "Sets: S1" in said and "lantai restore" in said
