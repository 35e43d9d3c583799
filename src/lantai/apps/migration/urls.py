"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.migration.views import formats, plans

app_name = "migration"
urlpatterns = [
    path("", formats.formats, name="formats"),
    path("count/", formats.count, name="count"),
    path("formats/<int:held_format_id>/", formats.held_format, name="format"),
    path("formats/<int:held_format_id>/judge/", formats.judge, name="judge"),
    path("formats/<int:held_format_id>/plan/", formats.draft, name="draft"),
    path("plans/", plans.plans, name="plans"),
    path("plans/<int:migration_plan_id>/", plans.plan, name="plan"),
    path("plans/<int:migration_plan_id>/files/", plans.items, name="items"),
    path("plans/<int:migration_plan_id>/move/<slug:move>/", plans.move, name="move"),
    path("plans/<int:migration_plan_id>/start/<slug:act>/", plans.start, name="start"),
    path("plans/<int:migration_plan_id>/undo/", plans.undo, name="undo"),
    path("files/<int:plan_item_id>/", plans.item, name="item"),
    path("files/<int:plan_item_id>/<slug:side>.png", plans.picture, name="picture"),
]
