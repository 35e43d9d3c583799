"""Every write of this app."""

from lantai.apps.kinds.services.designing import design_kind, import_kind, install_shipped
from lantai.apps.kinds.services.drafting import (
    add_field,
    begin_draft,
    change_field,
    describe,
    move_field,
    remove_field,
    retire_field,
    set_fields,
)
from lantai.apps.kinds.services.exporting import export
from lantai.apps.kinds.services.publishing import move, publish, submit
from lantai.apps.kinds.usage import register_counter

__all__ = [
    "add_field",
    "begin_draft",
    "change_field",
    "describe",
    "design_kind",
    "export",
    "import_kind",
    "install_shipped",
    "move",
    "move_field",
    "publish",
    "register_counter",
    "remove_field",
    "retire_field",
    "set_fields",
    "submit",
]
