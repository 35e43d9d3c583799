"""The self-check without processes of its own, for tests that make hundreds of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.digests import Digests, digest_bytes
from lantai.kit.errors import LantaiError
from lantai.kit.formats.survey import Survey, survey
from lantai.kit.fourprops import (
    AntivirusFacts,
    CarrierFacts,
    ClimateLog,
    EnvironmentFacts,
    Report,
    Scheme,
    Stage,
    WeaknessScan,
)
from lantai.kit.fourprops.facts import PackageProblem
from lantai.kit.packages.reading import read_folder
from lantai.kit.selfcheck.facts import Looked
from lantai.kit.selfcheck.preparing import prepare
from lantai.kit.selfcheck.run import ReadPackage, check_read
from lantai.kit.selfcheck.sentlines import SentLines

TODAY = date(2024, 6, 3)
CARRIER = CarrierFacts("样例盘0001", "光盘", True, 900, 1000, True, True, "样例检查员")
CLIMATE = ClimateLog("样例库房", date(2023, 6, 1), date(2024, 6, 1), 15, 22, 45, 55)
ENVIRONMENT = EnvironmentFacts(
    checked_on=TODAY,
    is_online=False,
    database_reachable=True,
    antivirus=AntivirusFacts("样例杀毒软件", date(2024, 6, 1), 1_000),
    carrier=CARRIER,
    last_restored_on=date(2024, 1, 1),
    sent_at=datetime(2024, 6, 3, 1, tzinfo=UTC),
    received_at=datetime(2024, 6, 3, 2, tzinfo=UTC),
    plan=(),
    log_is_intact=True,
    weaknesses=WeaknessScan("样例测评机构", date(2024, 3, 1), 0),
    climate=CLIMATE,
    sample_seed="样例",
)


class Opener:
    """Opens files in this process; a content under the same name is examined once, however often it comes."""

    def __init__(self, trust: CertificateTrust = NO_TRUST) -> None:
        self._trust = trust
        self._known: dict[tuple[str, str], tuple[Digests, Survey]] = {}

    def look_at(self, files: Iterable[tuple[Path, str]]) -> Iterator[Looked]:
        for path, name in files:
            content = path.read_bytes()
            digests = digest_bytes(content)
            known = self._known.get((digests.sha256, name))
            if known is None:
                known = digests, survey(path, name, 0, self._trust)
                self._known[digests.sha256, name] = known
            yield Looked(known[0], len(content), known[1])


def check(
    package: Path,
    scratch: Path,
    opener: Opener,
    *,
    scheme: Scheme | None = None,
    stage: Stage = Stage.TRANSFER,
    environment: EnvironmentFacts = ENVIRONMENT,
) -> Report:
    """The report on ``package``; ``scratch`` is an empty folder."""
    try:
        folder = prepare(package, scratch)
        read_folder(folder, scratch, may_leave_digests=True)
        read = ReadPackage(folder, SentLines(scratch))
    except LantaiError as refusal:
        params = {name: str(value) for name, value in refusal.params.items()}
        read = ReadPackage(package, None, PackageProblem(refusal.message, params))
    return check_read(read, environment, stage, scheme, opener.look_at)
