"""Addresses of this app: the portal at the root of the site, the desk below ``readingroom/``."""

from __future__ import annotations

from django.urls import path

from lantai.apps.readingroom.views import applying, desk, papers, portal, tracking, verifying

app_name = "readingroom"
urlpatterns = [
    path("", portal.home, name="home"),
    path("search/", portal.search, name="search"),
    path("apply/<str:topic>/", applying.begin, name="begin"),
    path("apply/<str:topic>/<str:step>/", applying.step, name="step"),
    path("track/", tracking.ask, name="track"),
    path("track/leave/", tracking.leave, name="leave"),
    path("track/<str:number>/", tracking.progress, name="progress"),
    path("track/<str:number>/receipt/", tracking.receipt, name="receipt"),
    path("track/<str:number>/certificate.pdf", tracking.certificate_pdf, name="track_pdf"),
    path("track/<str:number>/withdraw/", tracking.withdraw, name="withdraw"),
    path("verify/", verifying.ask, name="verify"),
    path("verify/verify.html", verifying.tool, {"name": "verify.html"}, name="verify_page"),
    path("verify/verify.py", verifying.tool, {"name": "verify.py"}, name="verify_script"),
    path("verify/file/", verifying.file, name="verify_file"),
    path("verify/<str:check_code>/", verifying.code, name="verify_code"),
    path("readingroom/", desk.requests, name="requests"),
    path("readingroom/requests/<int:request_id>/", desk.request, name="request"),
    path("readingroom/requests/<int:request_id>/move/<str:move>/", desk.move_request, name="move_request"),
    path("readingroom/requests/<int:request_id>/findings/", desk.link_finding, name="link_finding"),
    path("readingroom/requests/<int:request_id>/identity/", desk.reveal_identity, name="reveal_identity"),
    path("readingroom/findings/<int:finding_id>/", desk.write_statement, name="write_statement"),
    path("readingroom/findings/<int:finding_id>/unlink/", desk.unlink_finding, name="unlink_finding"),
    path("readingroom/certificates/", papers.certificates, name="certificates"),
    path("readingroom/certificates/<int:certificate_id>/", papers.certificate, name="certificate"),
    path("readingroom/certificates/<int:certificate_id>/pdf/", papers.pdf, name="certificate_pdf"),
    path("readingroom/certificates/<int:certificate_id>/revoke/", papers.revoke, name="revoke"),
    path("readingroom/hall/", desk.hall, name="hall"),
]
