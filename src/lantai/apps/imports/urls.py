"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.imports.views import batches, exports, templates

app_name = "imports"
urlpatterns = [
    path("", batches.batches, name="batches"),
    path("new/", batches.upload, name="upload"),
    path("templates/", templates.template_list, name="templates"),
    path("templates/<slug:slug>.xlsx", templates.template, name="template"),
    path("export/", exports.choose, name="export_choose"),
    path("export/<slug:format>", exports.export, name="export"),
    path("<int:batch_id>/", batches.batch, name="batch"),
    path("<int:batch_id>/columns/", batches.columns, name="columns"),
    path("<int:batch_id>/problems/", batches.problems, name="problems"),
    path("<int:batch_id>/rows/", batches.rows, name="rows"),
    path("<int:batch_id>/report", batches.report, name="report"),
    path("<int:batch_id>/move/<slug:move>/", batches.move, name="move"),
]
