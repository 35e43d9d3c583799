"""The sandbox behind each kind of walls that this machine has."""

from __future__ import annotations

import pytest

from lantai.platform.sandbox import pool, services
from lantai.platform.sandbox.types import SandboxUnavailable

PROBE = "lantai.platform.sandbox.probe"


@pytest.fixture(params=[walls.slug for walls in pool.PREFERENCE], scope="module")
def walls(request):
    """Run the tests of a module behind these walls, or skip where they do not exist."""
    from django.test import override_settings

    with override_settings(LANTAI_SANDBOX_CONFINEMENT=request.param, LANTAI_SANDBOX_WORKERS=1):
        services.close()
        try:
            services.confinement()
        except SandboxUnavailable as missing:
            pytest.skip(str(missing))
        yield request.param
        services.close()
