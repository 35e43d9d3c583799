"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.singleset.views import assessments, papers

app_name = "singleset"
urlpatterns = [
    path("", assessments.assessments, name="assessments"),
    path("new/", assessments.begin, name="begin"),
    path("<int:assessment_id>/", assessments.assessment, name="assessment"),
    path("<int:assessment_id>/answer/", assessments.answer, name="answer"),
    path("<int:assessment_id>/opinion/", assessments.opine, name="opine"),
    path("<int:assessment_id>/submit/", assessments.submit, name="submit"),
    path("<int:assessment_id>/review/", assessments.finish_review, name="finish_review"),
    path("<int:assessment_id>/approve/", assessments.approve, name="approve"),
    path("<int:assessment_id>/move/<slug:move>/", assessments.move, name="move"),
    path("<int:assessment_id>/evidence/new/", papers.add, name="add_evidence"),
    path("<int:assessment_id>/approval.pdf", papers.approval, name="approval"),
    path("evidence/<int:evidence_id>/", papers.evidence, name="evidence"),
    path("evidence/<int:evidence_id>/drop/", papers.drop, name="drop_evidence"),
]
