"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.disposal import views

app_name = "disposal"
urlpatterns = [
    path("", views.lists, name="lists"),
    path("new/", views.draft, name="draft"),
    path("<int:disposal_list_id>/", views.disposal_list, name="list"),
    path("<int:disposal_list_id>/lines/", views.lines, name="lines"),
    path("<int:disposal_list_id>/opinion/", views.opinion, name="opinion"),
    path("<int:disposal_list_id>/execute/", views.execute, name="execute"),
    path("<int:disposal_list_id>/supervised/", views.supervised, name="supervised"),
    path("<int:disposal_list_id>/resume/", views.resume, name="resume"),
    path("<int:disposal_list_id>/register.pdf", views.register, name="register"),
    path("<int:disposal_list_id>/receipt/", views.receipt, name="receipt"),
    path("<int:disposal_list_id>/move/<slug:move>/", views.move, name="move"),
    path("lines/<int:disposal_line_id>/", views.line, name="line"),
    path("holds/", views.holds, name="holds"),
    path("holds/new/", views.place_hold, name="place_hold"),
    path("holds/<int:legal_hold_id>/", views.hold, name="hold"),
    path("holds/<int:legal_hold_id>/lift/", views.lift_hold, name="lift_hold"),
]
