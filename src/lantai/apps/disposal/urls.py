"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.disposal.views import holds, lists

app_name = "disposal"
urlpatterns = [
    path("", lists.lists, name="lists"),
    path("new/", lists.draft, name="draft"),
    path("<int:disposal_list_id>/", lists.disposal_list, name="list"),
    path("<int:disposal_list_id>/lines/", lists.lines, name="lines"),
    path("<int:disposal_list_id>/opinion/", lists.opinion, name="opinion"),
    path("<int:disposal_list_id>/execute/", lists.execute, name="execute"),
    path("<int:disposal_list_id>/supervised/", lists.supervised, name="supervised"),
    path("<int:disposal_list_id>/resume/", lists.resume, name="resume"),
    path("<int:disposal_list_id>/register.pdf", lists.register, name="register"),
    path("<int:disposal_list_id>/receipt/", lists.receipt, name="receipt"),
    path("<int:disposal_list_id>/move/<slug:move>/", lists.move, name="move"),
    path("lines/<int:disposal_line_id>/", lists.line, name="line"),
    path("holds/", holds.holds, name="holds"),
    path("holds/new/", holds.place_hold, name="place_hold"),
    path("holds/<int:legal_hold_id>/", holds.hold, name="hold"),
    path("holds/<int:legal_hold_id>/lift/", holds.lift_hold, name="lift_hold"),
]
