"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.backup import views

app_name = "backup"
urlpatterns = [
    path("", views.plans, name="plans"),
    path("new/", views.draw_up, name="draw_up"),
    path("sets/", views.sets, name="sets"),
    path("drills/", views.drills, name="drills"),
    path("<int:backup_plan_id>/", views.plan, name="plan"),
    path("<int:backup_plan_id>/edit/", views.change, name="change"),
    path("<int:backup_plan_id>/backup/", views.back_up, name="back_up"),
    path("<int:backup_plan_id>/drill/", views.begin_drill, name="begin_drill"),
    path("sets/<int:set_id>/", views.backup_set, name="set"),
    path("sets/<int:set_id>/read/", views.read, name="read"),
    path("drills/<int:drill_id>/", views.drill, name="drill"),
]
