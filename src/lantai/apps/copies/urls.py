"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.copies.views import moves, pictures, policies, readings, surplus

app_name = "copies"
urlpatterns = [
    path("", pictures.overview, name="overview"),
    path("all/", pictures.copies, name="copies"),
    path("damages/", pictures.damages, name="damages"),
    path("packages/<int:package_id>/", pictures.package, name="package"),
    path("policies/", policies.policies, name="policies"),
    path("policies/new/", policies.add_policy, name="add_policy"),
    path("policies/<int:policy_id>/", policies.policy, name="policy"),
    path("policies/<int:policy_id>/edit/", policies.change_policy, name="change_policy"),
    path("policies/<int:policy_id>/drop/", policies.drop_policy, name="drop_policy"),
    path("readings/", readings.readings, name="readings"),
    path("readings/start/", readings.start_reading, name="start_reading"),
    path("readings/<int:reading_id>/", readings.reading, name="reading"),
    path("moves/", moves.moves, name="moves"),
    path("moves/new/", moves.start_move, name="start_move"),
    path("moves/retire/", moves.retire_place, name="retire_place"),
    path("moves/<int:move_id>/", moves.move, name="move"),
    path("moves/<int:move_id>/stop/", moves.stop_move, name="stop_move"),
    path("surplus/", surplus.clearances, name="surplus"),
    path("surplus/new/", surplus.ask, name="ask_clearance"),
    path("surplus/<int:clearance_id>/", surplus.clearance, name="clearance"),
    path("surplus/<int:clearance_id>/<slug:move>/", surplus.decide, name="decide_clearance"),
    path("orphans/", moves.orphans, name="orphans"),
    path("orphans/survey/", moves.survey, name="survey"),
    path("orphans/<int:orphan_id>/", moves.settle, name="settle"),
]
