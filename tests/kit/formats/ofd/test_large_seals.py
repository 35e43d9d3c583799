"""Sealing and checking need little memory, however long the attachments of a document are."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from datetime import UTC, datetime

import pytest

from lantai.kit.crypto.certificates import make_authority
from lantai.kit.errors import Refusal
from lantai.kit.formats.ofd.container import opened_container, whole_mb
from lantai.kit.formats.ofd.sealing import sign_ofd
from lantai.kit.formats.zips import ZipBomb
from tests.conftest import ROOT
from tests.kit.formats import zoo

AT = datetime(2026, 3, 1, tzinfo=UTC)
ATTACHMENT_MB = 48
SPARE_MB = 24

SCRIPT = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from lantai.kit.crypto.certificates import make_authority, make_certified
from lantai.kit.formats.examine import examine
from lantai.kit.formats.ofd.sealing import sign_ofd
source, target, spare_mb = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
span = {"not_before": datetime(2020, 1, 1, tzinfo=UTC), "not_after": datetime(2040, 1, 1, tzinfo=UTC)}
key = make_certified("样例局", issuer=make_authority("样例根", **span), **span)
key.sign(b"x")
examine(source)
pages = int(Path("/proc/self/statm").read_text().split()[0])
limit = pages * resource.getpagesize() + (spare_mb << 20)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
sign_ofd(source, target, key=key, at=datetime(2026, 3, 1, tzinfo=UTC))
(found,) = examine(target).signatures
print(found.state, found.params["protected_count"])
"""


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """A document with an attachment twice as long as the memory that is left to those who handle it."""
    path = zoo.ofd(tmp_path_factory.mktemp("film") / "a.ofd")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as archive, archive.open("D/film.mp4", "w") as part:
        for _ in range(ATTACHMENT_MB):
            part.write(bytes(1 << 20))
    return path


def test_a_document_is_signed_and_checked_in_less_memory_than_its_attachment_takes(film):
    target = film.with_name("signed.ofd")
    words = [sys.executable, "-c", SCRIPT, str(film), str(target), str(SPARE_MB)]
    env = {"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin", "MALLOC_ARENA_MAX": "1"}
    done = subprocess.run(words, capture_output=True, env=env, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-600:]
    assert done.stdout.split() == ["unverified", "5"]  # nobody trusts our authority; four parts and the film
    with zipfile.ZipFile(film) as old, zipfile.ZipFile(target) as new:
        info = new.getinfo("D/film.mp4")
        assert (info.file_size, info.CRC) == (ATTACHMENT_MB << 20, old.getinfo("D/film.mp4").CRC)


def test_what_unpacks_to_far_more_than_its_size_is_still_refused(tmp_path):
    path = zoo.ofd(tmp_path / "a.ofd")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("D/bomb", "w") as part:
        for _ in range(24):
            part.write(bytes(1 << 20))
    assert whole_mb(path) == 512
    with opened_container(path, total_mb=16) as container, pytest.raises(ZipBomb):
        sum(len(piece) for piece in container.archive.pieces("D/bomb"))


def test_a_refused_source_leaves_no_half_signed_copy_that_reads(tmp_path):
    path = zoo.ofd(tmp_path / "a.ofd")
    data = bytearray(path.read_bytes())
    at = data.find(b"D/P.xml") + 20
    data[at] ^= 0xFF
    path.write_bytes(data)
    key = make_authority(
        "样例", not_before=datetime(2020, 1, 1, tzinfo=UTC), not_after=datetime(2040, 1, 1, tzinfo=UTC)
    )
    with pytest.raises(Refusal):
        sign_ofd(path, tmp_path / "b.ofd", key=key, at=AT)
    assert not (tmp_path / "b.ofd").exists()
