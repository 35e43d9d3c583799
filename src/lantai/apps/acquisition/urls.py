"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.acquisition.views import cases, events, papers, voices

app_name = "acquisition"
urlpatterns = [
    path("", cases.cases, name="cases"),
    path("objects/", cases.objects, name="objects"),
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
    path("<int:acquisition_id>/agreement.pdf", papers.agreement, name="agreement"),
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
    path("voices/", voices.projects, name="projects"),
    path("voices/new/", voices.open_project, name="open_project"),
    path("voices/<int:voice_project_id>/", voices.project, name="project"),
    path("voices/<int:voice_project_id>/speakers/new/", voices.enter_speaker, name="enter_speaker"),
    path("voices/<int:voice_project_id>/sessions/new/", voices.enter_session, name="enter_session"),
    path("speakers/<int:speaker_id>/", voices.speaker, name="speaker"),
    path("speakers/<int:speaker_id>/identity/", voices.identity, name="identity"),
    path("speakers/<int:speaker_id>/consents/new/", voices.enter_consent, name="enter_consent"),
    path("consents/<int:consent_id>/withdraw/", voices.withdraw_consent, name="withdraw_consent"),
    path("sessions/<int:voice_session_id>/", voices.session, name="session"),
    path("sessions/<int:voice_session_id>/files/", voices.recordings, name="recordings"),
    path(
        "sessions/<int:voice_session_id>/files/<slug:role>/", voices.take_recordings, name="take_recordings"
    ),
    path("sessions/<int:voice_session_id>/accept/", voices.accept_session, name="accept_session"),
    path("sessions/<int:voice_session_id>/move/<slug:move>/", voices.move_session, name="move_session"),
    path("recordings/<int:voice_file_id>/", voices.recording, name="recording"),
    path("events/", events.events, name="events"),
    path("events/new/", events.list_event, name="list_event"),
    path("events/<int:listed_event_id>/", events.event, name="event"),
    path("events/<int:listed_event_id>/edit/", events.revise_event, name="revise_event"),
    path("events/<int:listed_event_id>/ask/", events.ask_for, name="ask_for"),
    path("events/<int:listed_event_id>/move/<slug:move>/", events.move_event, name="move_event"),
    path("requirements/", events.requirements, name="requirements"),
    path("requirements/<int:requirement_id>/", events.report_progress, name="report_progress"),
]
