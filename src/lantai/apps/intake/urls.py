"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.intake.views import (
    agreements,
    annexes,
    announcing,
    calendar,
    deciding,
    desk,
    handover,
    sending,
    submissions,
)

app_name = "intake"
urlpatterns = [
    path("", desk.desk, name="desk"),  # at the root, so that every page here belongs to its line of the menu
    path("submissions/", submissions.submissions, name="submissions"),
    path("send/", sending.send_online, name="send_online"),
    path("send/package/", sending.send_package, name="send_package"),
    path("send/package/done/", sending.package_sent, name="package_sent"),
    path("annex/<int:package_id>/", annexes.annex, name="annex"),
    path("annex/<int:package_id>/all/", annexes.annex_all, name="annex_all"),
    path("annex/<int:package_id>/import/", annexes.annex_import, name="annex_import"),
    path("annex/<int:package_id>/annex.xlsx", annexes.annex_xlsx, name="annex_xlsx"),
    path("annex/<int:package_id>/<int:item_id>/", annexes.annex_item, name="annex_item"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/new/", agreements.new_agreement, name="new_agreement"),
    path("agreements/<int:agreement_id>/", agreements.agreement, name="agreement"),
    path("agreements/<int:agreement_id>/revise/", agreements.revise_agreement, name="revise_agreement"),
    path("agreements/<int:agreement_id>/follow/", agreements.follow_agreement, name="follow_agreement"),
    path("agreements/<int:agreement_id>/year/", agreements.plan_year, name="plan_year"),
    path("agreements/<int:agreement_id>/move/<slug:move>/", agreements.move_agreement, name="move_agreement"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/waive/", calendar.waive_dues, name="waive_dues"),
    path("calendar/<int:due_id>/", calendar.due, name="due"),
    path("calendar/<int:due_id>/extend/", calendar.extend_due, name="extend_due"),
    path("calendar/<int:due_id>/waive/", calendar.waive_due, name="waive_due"),
    path("calendar/<int:due_id>/close/", calendar.close_due, name="close_due"),
    path("announcements/", calendar.announcements, name="announcements"),
    path("announcements/new/", announcing.announce, name="announce"),
    path("announcements/<int:announcement_id>/", announcing.announcement, name="announcement"),
    path("announcements/<int:announcement_id>/propose/", announcing.propose_day, name="propose_day"),
    path(
        "announcements/<int:announcement_id>/move/<slug:move>/",
        announcing.move_announcement,
        name="move_announcement",
    ),
    path("<int:submission_id>/", submissions.submission, name="submission"),
    path("<int:submission_id>/items/", submissions.items, name="items"),
    path("<int:submission_id>/files/", submissions.files, name="files"),
    path("<int:submission_id>/report/", submissions.report, name="report"),
    path("<int:submission_id>/return/", deciding.return_submission, name="return_submission"),
    path("<int:submission_id>/part/", deciding.accept_part, name="accept_part"),
    path("<int:submission_id>/object/", deciding.object_to_acceptance, name="object_to_acceptance"),
    path("<int:submission_id>/move/<slug:move>/", deciding.move_submission, name="move_submission"),
    path("<int:submission_id>/returns/", handover.returns, name="returns"),
    path("<int:submission_id>/returns/<int:entry_id>/drop/", handover.drop_entry, name="drop_entry"),
    path("<int:submission_id>/returns/close/", handover.close_returns, name="close_returns"),
    path("<int:submission_id>/register/", handover.register, name="register"),
    path("<int:submission_id>/register/<slug:side>/", handover.confirm_register, name="confirm_register"),
    path("<int:submission_id>/register.pdf", submissions.register_pdf, name="register_pdf"),
    path("<int:submission_id>/receipt.json", submissions.receipt_json, name="receipt_json"),
    path("<int:submission_id>/returned.xlsx", submissions.return_list, name="return_list"),
    path("<int:submission_id>/returned.pdf", submissions.return_list_pdf, name="return_list_pdf"),
]
