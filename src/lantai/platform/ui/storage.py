"""Static files under names that carry their digest, so that a browser may keep them for ever."""

from __future__ import annotations

import re
from collections.abc import Callable

from whitenoise.storage import CompressedManifestStaticFilesStorage

OURS = "ui/"


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports between our ES modules; compressed copies stand beside the files."""

    support_js_module_import_aggregation = True

    def url_converter(
        self, name: str, hashed_files: dict[str, str], template: str | None = None
    ) -> Callable[[re.Match[str]], str]:
        """Leave other people's scripts as they are: their imports name packages, not files."""
        if name.endswith(".js") and not name.startswith(OURS):
            return lambda match: match[0]
        return super().url_converter(name, hashed_files, template)
