"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.intake import views

app_name = "intake"
urlpatterns = [
    path("", views.submissions, name="submissions"),
    path("send/", views.send_online, name="send_online"),
    path("send/package/", views.send_package, name="send_package"),
    path("send/package/done/", views.package_sent, name="package_sent"),
    path("<int:submission_id>/", views.submission, name="submission"),
    path("<int:submission_id>/items/", views.items, name="items"),
    path("<int:submission_id>/report/", views.report, name="report"),
    path("<int:submission_id>/return/", views.return_submission, name="return_submission"),
    path("<int:submission_id>/move/<slug:move>/", views.move_submission, name="move_submission"),
    path("<int:submission_id>/register.pdf", views.register_pdf, name="register_pdf"),
    path("<int:submission_id>/receipt.json", views.receipt_json, name="receipt_json"),
    path("<int:submission_id>/returned.xlsx", views.return_list, name="return_list"),
]
