"""Every write of this app."""

from lantai.apps.migration.services.counting import count_formats, judge_format, keep_counts, start_count
from lantai.apps.migration.services.planning import (
    draft_plan,
    move,
    retry_failed,
    start_preview,
    start_run,
    start_undo,
)
from lantai.apps.migration.services.showing import page_image

__all__ = [
    "count_formats",
    "draft_plan",
    "judge_format",
    "keep_counts",
    "move",
    "page_image",
    "retry_failed",
    "start_count",
    "start_preview",
    "start_run",
    "start_undo",
]
