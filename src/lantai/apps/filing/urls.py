"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.filing.views import arranging, assigning, batches, documents, files, uploading

app_name = "filing"
urlpatterns = [
    path("", documents.documents, name="documents"),
    path("to-arrange/", documents.to_arrange, name="to_arrange"),
    path("to-compose/", documents.to_compose, name="to_compose"),
    path("upload/", uploading.upload, name="upload"),
    path("upload/take/", uploading.take, name="take_uploads"),
    path("arrange/", arranging.arrange, name="arrange"),
    path("discard/", arranging.discard, name="discard"),
    path("take-back/", arranging.take_back, name="take_back"),
    path("documents/<int:document_id>/", documents.document, name="document"),
    path("documents/<int:document_id>/pane/", documents.pane, name="pane"),
    path("documents/<int:document_id>/check/", documents.check, name="check_document"),
    path("documents/<int:document_id>/parts/", assigning.assign, name="assign"),
    path("documents/<int:document_id>/describe/", arranging.describe, name="describe"),
    path("documents/<int:document_id>/files/<int:file_id>/original", files.original, name="original"),
    path(
        "documents/<int:document_id>/files/<int:file_id>/pages/<int:page>.png", files.page_image, name="page"
    ),
    path("batches/", batches.batches, name="batches"),
    path("batches/preview/", batches.preview, name="preview"),
    path("batches/compose/", batches.compose, name="compose"),
    path("batches/<int:batch_id>/", batches.batch, name="batch"),
    path("batches/<int:batch_id>/documents/", batches.documents_of, name="batch_documents"),
    path("batches/<int:batch_id>/test/", batches.test, name="test_batch"),
    path("batches/<int:batch_id>/check/", batches.check, name="check_batch"),
    path("batches/<int:batch_id>/seal/", batches.seal, name="seal_batch"),
    path("batches/<int:batch_id>/dissolve/", batches.dissolve, name="dissolve_batch"),
]
