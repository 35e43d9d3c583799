#!/bin/sh
# Bring what tests need from the system where we may, then run them all.
set -eu
need() { command -v "$1" >/dev/null 2>&1; }
if [ "$(id -u)" = 0 ] && need apt-get && ! { need chromium && need openssl && need bwrap && need ffprobe && need clamd; }; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=300 -qq update >/dev/null 2>&1 || echo "test: apt-get update did not work; going on with what is here"
    apt-get -o DPkg::Lock::Timeout=300 -qq install -y --no-install-recommends chromium openssl bubblewrap ffmpeg clamav-daemon >/dev/null 2>&1 ||
        echo "test: apt-get could not bring all of chromium, openssl, bubblewrap, ffmpeg and clamav; their tests are skipped by name"
fi
if need npm && [ -d .venv ] && [ ! -d .venv/tus/node_modules ]; then
    mkdir -p .venv/tus && cp tests/e2e/tus/package*.json .venv/tus/
    npm ci --prefix .venv/tus --silent >/dev/null 2>&1 || echo "test: npm could not bring tus-js-client; its test is skipped by name"
fi
if need npm && [ -d .venv ] && [ ! -d .venv/anvil/node_modules ]; then
    mkdir -p .venv/anvil && cp tests/platform/witness/anvil/package*.json .venv/anvil/
    npm ci --prefix .venv/anvil --ignore-scripts --silent >/dev/null 2>&1 || echo "test: npm could not bring anvil; the tests of anchors on a chain are skipped by name"
fi
if need npm && [ -d .venv ] && [ ! -f .venv/mirador/mirador-4.0.0.tgz ]; then
    mkdir -p .venv/mirador
    npm pack mirador@4.0.0 --pack-destination .venv/mirador --silent >/dev/null 2>&1 || echo "test: npm could not bring mirador; its test is skipped by name"
fi
# Compiled once, and not by each of the processes that tests start: a parser in its sandbox may write nothing.
python -m compileall -q -j 0 src/lantai tests
# Each worker takes a file at a time, the longest first: tests/conftest.py says in which order.
# To make assertions speak, pytest would write every module of tests anew in every worker. Only what failed is run
# again so, to say why; that it failed stays the answer.
failed=0
python -m pytest --assert=plain -n "${LANTAI_TEST_WORKERS:-2}" --dist loadfile "$@" || failed=$?
[ "$failed" != 1 ] || python -m pytest -n 0 --last-failed --last-failed-no-failures none || true
exit "$failed"
