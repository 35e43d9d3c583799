"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.imports.views import attaching, batches, exports, templates

app_name = "imports"
urlpatterns = [
    path("", batches.batches, name="batches"),
    path("new/", batches.upload, name="upload"),
    path("templates/", templates.template_list, name="templates"),
    path("templates/<slug:slug>.xlsx", templates.template, name="template"),
    path("export/", exports.choose, name="export_choose"),
    path("export/<slug:format>", exports.export, name="export"),
    path("files/", attaching.attachments, name="attachments"),
    path("files/new/", attaching.attach, name="attach"),
    path("files/<int:attachment_id>/", attaching.attachment, name="attachment"),
    path("files/<int:attachment_id>/upload/", attaching.attach_files, name="attach_files"),
    path("files/<int:attachment_id>/take/", attaching.take_files, name="take_files"),
    path("files/<int:attachment_id>/list/", attaching.attached_files, name="attached_files"),
    path("files/<int:attachment_id>/unfilled/", attaching.unfilled, name="unfilled"),
    path("files/<int:attachment_id>/move/<slug:move>/", attaching.attachment_move, name="attachment_move"),
    path("<int:batch_id>/", batches.batch, name="batch"),
    path("<int:batch_id>/columns/", batches.columns, name="columns"),
    path("<int:batch_id>/problems/", batches.problems, name="problems"),
    path("<int:batch_id>/rows/", batches.rows, name="rows"),
    path("<int:batch_id>/entered/", batches.entered, name="entered"),
    path("<int:batch_id>/report", batches.report, name="report"),
    path("<int:batch_id>/move/<slug:move>/", batches.move, name="move"),
]
