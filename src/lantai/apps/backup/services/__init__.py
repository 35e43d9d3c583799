"""Every write of this app."""

from lantai.apps.backup.services.alarms import alarm, mend
from lantai.apps.backup.services.drilling import run_drill
from lantai.apps.backup.services.making import add_increment, make_set
from lantai.apps.backup.services.plans import (
    begin_drill,
    begin_set,
    change_plan,
    draw_up_plan,
    order_backup,
    order_drill,
    order_reading,
)
from lantai.apps.backup.services.retention import apply_retention, kept
from lantai.apps.backup.services.scheduling import keep_plan, keep_plans
from lantai.apps.backup.services.verifying import verify_set

__all__ = [
    "add_increment",
    "alarm",
    "apply_retention",
    "begin_drill",
    "begin_set",
    "change_plan",
    "draw_up_plan",
    "keep_plan",
    "keep_plans",
    "kept",
    "make_set",
    "mend",
    "order_backup",
    "order_drill",
    "order_reading",
    "run_drill",
    "verify_set",
]
