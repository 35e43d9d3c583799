"""Static files under names that carry their digest, so that a browser may keep them for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports between our ES modules; compressed copies stand beside the files."""

    support_js_module_import_aggregation = True
