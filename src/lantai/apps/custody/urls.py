"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.custody import views

app_name = "custody"
urlpatterns = [
    path("", views.packages, name="packages"),
    path("packages/<int:package_id>/", views.package, name="package"),
    path("packages/<int:package_id>/files/", views.files, name="files"),
    path("packages/<int:package_id>/test/", views.test, name="test"),
    path("checks/", views.checks, name="checks"),
    path("checks/<int:check_id>/", views.check, name="check"),
    path("checks/<int:check_id>/report.pdf", views.check_pdf, name="check_pdf"),
    path("checks/<int:check_id>/report.xlsx", views.check_xlsx, name="check_xlsx"),
    path("fixity/", views.rounds, name="rounds"),
    path("fixity/start/", views.start_round, name="start_round"),
    path("fixity/<int:round_id>/", views.round_, name="round"),
]
