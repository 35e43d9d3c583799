"""Every write of this app."""

from lantai.apps.schemes.services.announcing import turn_over
from lantai.apps.schemes.services.drafting import (
    copy_scheme,
    describe,
    follow_shipped,
    import_scheme,
    reset,
    set_levels,
    set_parameters,
)
from lantai.apps.schemes.services.exporting import export
from lantai.apps.schemes.services.house import note_house_finding
from lantai.apps.schemes.services.previewing import keep_preview, start_preview
from lantai.apps.schemes.services.publishing import move, publish, submit
from lantai.apps.schemes.subjects import register_subjects

__all__ = [
    "copy_scheme",
    "describe",
    "export",
    "follow_shipped",
    "import_scheme",
    "keep_preview",
    "move",
    "note_house_finding",
    "publish",
    "register_subjects",
    "reset",
    "set_levels",
    "set_parameters",
    "start_preview",
    "submit",
    "turn_over",
]
