"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.platform.desk import people, places, records, tasks

app_name = "desk"
urlpatterns = [
    path("inbox/", tasks.inbox, name="inbox"),
    path("tasks/", tasks.runs, name="runs"),
    path("tasks/<int:run_id>/", tasks.run, name="run"),
    path("tasks/<int:run_id>/progress/", tasks.run_progress, name="run_progress"),
    path("tasks/<int:run_id>/stop/", tasks.stop_run, name="stop_run"),
    path("tasks/<int:run_id>/repeat/", tasks.repeat_run, name="repeat_run"),
    path("people/", people.users, name="users"),
    path("people/new/", people.new_user, name="new_user"),
    path("people/<int:user_id>/", people.user, name="user"),
    path("people/<int:user_id>/switch/", people.switch_user, name="switch_user"),
    path("people/<int:user_id>/password/", people.set_password, name="set_password"),
    path("people/<int:user_id>/role/", people.assign_role, name="assign_role"),
    path("people/roles/<int:assignment_id>/withdraw/", people.withdraw_role, name="withdraw_role"),
    path("people/<int:user_id>/token/", people.new_token, name="new_token"),
    path("people/tokens/<int:token_id>/revoke/", people.revoke_token, name="revoke_token"),
    path("ledger/", records.entries, name="entries"),
    path("places/", places.places, name="places"),
    path("places/new/", places.new_place, name="new_place"),
    path("places/<int:place_id>/", places.place, name="place"),
    path("places/<int:place_id>/edit/", places.change_place, name="change_place"),
    path("places/<int:place_id>/state/<slug:state>/", places.set_place_state, name="set_place_state"),
    path("places/<int:place_id>/key/", places.rotate_place_key, name="rotate_place_key"),
    path("places/<int:place_id>/media/", places.look_at_media, name="look_at_media"),
    path("places/<int:place_id>/media/new/", places.new_volume, name="new_volume"),
    path("places/media/<int:volume_id>/", places.revise_volume, name="revise_volume"),
    path("notices/", records.notices, name="notices"),
    path("notices/read/", records.read_notices, name="read_notices"),
]
