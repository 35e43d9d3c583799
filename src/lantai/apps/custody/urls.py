"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.custody.views import checks, evidence, judging, packages

app_name = "custody"
urlpatterns = [
    path("", packages.packages, name="packages"),
    path("packages/<int:package_id>/", packages.package, name="package"),
    path("packages/<int:package_id>/files/", packages.files, name="files"),
    path("packages/<int:package_id>/test/", packages.test, name="test"),
    path("packages/<int:package_id>/bundle/", evidence.make_bundle, name="make_bundle"),
    path("packages/<int:package_id>/life/", evidence.life, name="life"),
    path("packages/<int:package_id>/proof/", evidence.proof, name="proof"),
    path("packages/<int:package_id>/proof/<int:entry_id>/", evidence.proof, name="proof_of"),
    path("bundles/", evidence.bundles, name="bundles"),
    path("bundles/<int:bundle_id>/", evidence.bundle, name="bundle"),
    path("bundles/<int:bundle_id>/bundle.zip", evidence.bundle_zip, name="bundle_zip"),
    path("checks/", checks.checks, name="checks"),
    path("checks/<int:check_id>/", checks.check, name="check"),
    path("checks/<int:check_id>/report.pdf", checks.check_pdf, name="check_pdf"),
    path("checks/<int:check_id>/report.xlsx", checks.check_xlsx, name="check_xlsx"),
    path("checks/<int:check_id>/report.json", checks.check_json, name="check_json"),
    path("checks/<int:check_id>/print/", checks.check_print, name="check_print"),
    path("checks/<int:check_id>/compare/", checks.compare, name="compare_checks"),
    path("checks/<int:check_id>/judge/<slug:code>/", judging.judge, name="judge"),
    path("checks/<int:check_id>/override/", judging.ask_override, name="ask_override"),
    path("checks/<int:check_id>/override/decide/", judging.decide_override, name="decide_override"),
]
