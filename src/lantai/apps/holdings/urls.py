"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.holdings.views import fonds, rules, schedules

app_name = "holdings"
urlpatterns = [
    path("", fonds.fonds_list, name="fonds_list"),
    path("new/", fonds.new_fonds, name="new_fonds"),
    path("<int:fonds_id>/", fonds.fonds, name="fonds"),
    path("<int:fonds_id>/edit/", fonds.edit_fonds, name="edit_fonds"),
    path("<int:fonds_id>/classes/new/", fonds.new_class, name="new_class"),
    path("classes/<int:class_id>/switch/", fonds.switch_class, name="switch_class"),
    path("schedules/", schedules.schedules, name="schedules"),
    path("schedules/new/", schedules.new_schedule, name="new_schedule"),
    path("schedules/<int:schedule_id>/", schedules.schedule, name="schedule"),
    path("schedules/<int:schedule_id>/edit/", schedules.edit_schedule, name="edit_schedule"),
    path("schedules/<int:schedule_id>/submit/", schedules.submit_schedule, name="submit_schedule"),
    path("schedules/<int:schedule_id>/approve/", schedules.approve_schedule, name="approve_schedule"),
    path("schedules/<int:schedule_id>/send-back/", schedules.send_back_schedule, name="send_back_schedule"),
    path("rules/", rules.rules, name="rules"),
    path("rules/<int:rule_id>/", rules.rule, name="rule"),
    path("rules/<int:rule_id>/replace/", rules.replace_rule, name="replace_rule"),
]
