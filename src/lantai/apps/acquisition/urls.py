"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.acquisition.views import cases, papers

app_name = "acquisition"
urlpatterns = [
    path("", cases.cases, name="cases"),
    path("new/", cases.open_case, name="open_case"),
    path("<int:acquisition_id>/", cases.case, name="case"),
    path("<int:acquisition_id>/edit/", cases.revise_case, name="revise_case"),
    path("<int:acquisition_id>/objects/new/", cases.list_object, name="list_object"),
    path("<int:acquisition_id>/valuations/new/", cases.enter_valuation, name="enter_valuation"),
    path("<int:acquisition_id>/agreement/", cases.write_agreement, name="write_agreement"),
    path("<int:acquisition_id>/count/", cases.count_objects, name="count_objects"),
    path("<int:acquisition_id>/receive/", cases.receive, name="receive"),
    path("<int:acquisition_id>/confirm/", cases.confirm, name="confirm"),
    path("<int:acquisition_id>/extend/", cases.extend_deposit, name="extend_deposit"),
    path("<int:acquisition_id>/seal/", papers.seal_case, name="seal_case"),
    path("<int:acquisition_id>/handover.pdf", papers.handover, name="handover"),
    path("<int:acquisition_id>/certificate.pdf", papers.certificate, name="certificate"),
    path("<int:acquisition_id>/move/<slug:move>/", cases.move, name="move_case"),
    path("objects/<int:acquired_object_id>/drop/", cases.drop_object, name="drop_object"),
    path("objects/<int:acquired_object_id>/files/", papers.files, name="files"),
    path("objects/<int:acquired_object_id>/files/take/", papers.take_files, name="take_files"),
    path("files/<int:object_file_id>/", papers.file, name="file"),
    path("files/<int:object_file_id>/drop/", papers.drop_file, name="drop_file"),
    path("certificates/<str:check_code>/", papers.certificate_check, name="certificate_check"),
    path("certificates/<str:check_code>/receipt/", papers.certificate_receipt, name="certificate_receipt"),
]
