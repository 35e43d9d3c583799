"""What several tests of the formats share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.formats import zoo_media


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every sound and film of the zoo; it costs a second."""
    folder = tmp_path_factory.mktemp("studio")
    zoo_media.film(folder, zoo_media.MEDIA)
    return folder
