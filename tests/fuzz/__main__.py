"""`python -m tests.fuzz`: as many cases as the time allows; what goes wrong is kept for replay."""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from pathlib import Path

from tests.conftest import ROOT

KEPT = ROOT / "build" / "fuzz"


def main() -> int:
    """0 when every case came to a result or a named refusal."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument(
        "--seed", default="", help="a word for a whole run, or seed/target/number for one case"
    )
    parser.add_argument("--only", nargs="*", default=[], metavar="TARGET")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lantai.site.settings")
    from lantai.platform.sandbox import services as sandbox
    from tests.fuzz.running import Fuzzer

    seed = options.seed or f"{random.SystemRandom().getrandbits(32):x}"
    print(f"seed {seed}, walls {sandbox.confinement().slug}", flush=True)
    with tempfile.TemporaryDirectory(prefix="lantai-fuzz-") as scratch:
        arena = Path(scratch, "arena")
        arena.mkdir()
        with Fuzzer(arena, KEPT) as fuzzer:
            os.chdir(arena / "here")
            tally = fuzzer.replay(seed) if "/" in seed else fuzzer.run(seed, options.seconds, options.only)
            os.chdir(ROOT)
    sandbox.close()
    print(
        f"{tally.count} cases: "
        + ", ".join(f"{name} {count}" for name, count in tally.outcomes.most_common())
    )
    for name in tally.slow:
        print(f"ended from outside: make fuzz SEED={name}")
    for name, trouble, kept in tally.troubles:
        print(f"{trouble}\nmake fuzz SEED={name}   ({kept})")
    return 1 if tally.troubles else 0


if __name__ == "__main__":
    sys.exit(main())
