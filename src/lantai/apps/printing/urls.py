"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.printing.views import boxes, papers

app_name = "printing"
urlpatterns = [
    path("", papers.fonds_list, name="list"),
    path("fonds/<int:fonds_id>/", papers.fonds, name="fonds"),
    path("fonds/<int:fonds_id>/files/", papers.files, name="files"),
    path("fonds/<int:fonds_id>/dossier/", papers.dossier, name="dossier"),
    path("fonds/<int:fonds_id>/dossier.pdf", papers.dossier_pdf, name="dossier_pdf"),
    path("fonds/<int:fonds_id>/kinds/<slug:slug>.pdf", papers.kind_pdf, name="kind_pdf"),
    path("fonds/<int:fonds_id>/<slug:layout>.pdf", papers.list_pdf, name="list_pdf"),
    path("files/<int:item_id>/", papers.file, name="file"),
    path("files/<int:item_id>/<slug:layout>.pdf", papers.file_pdf, name="file_pdf"),
    path("boxes/", boxes.boxes, name="boxes"),
    path("boxes/labels.pdf", boxes.labels, name="labels"),
    path("fonds/<int:fonds_id>/fill/", boxes.fill, name="fill"),
    path("boxes/<int:box_id>/", boxes.box, name="box"),
    path("boxes/<int:box_id>/edit/", boxes.describe, name="describe_box"),
    path("boxes/<int:box_id>/empty/", boxes.empty, name="empty_box"),
    path("boxes/<int:box_id>/note.pdf", boxes.note, name="box_note"),
]
