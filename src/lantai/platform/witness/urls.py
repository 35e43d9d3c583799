"""Addresses of this app, to be included at `witness/`."""

from __future__ import annotations

from django.urls import path, re_path

from lantai.platform.witness.views import desk, machines, peers

app_name = "witness"
urlpatterns = [
    path("add-checkpoint", machines.add_checkpoint, name="add_checkpoint"),
    path("poll", machines.call, name="call"),
    re_path(r"^poll/(?P<call>[0-9a-f]{64})$", machines.vote, name="vote"),
    path("repair", machines.repair, name="repair"),
    path("polls/", desk.polls, name="polls"),
    path("polls/<int:poll_id>/", desk.poll, name="poll"),
    path("keys.txt", machines.keys, name="keys"),
    re_path(r"^(?P<origin_sha256>[0-9a-f]{64})/checkpoint$", machines.held, name="held"),
    path("peers/", peers.peers, name="peers"),
    path("peers/new/", peers.add_peer, name="add_peer"),
    path("peers/<int:peer_id>/", peers.peer, name="peer"),
    path("peers/<int:peer_id>/edit/", peers.change_peer, name="change_peer"),
    path("peers/<int:peer_id>/move/<slug:move>/", peers.move_peer, name="move_peer"),
    path("policy/", peers.policy, name="policy"),
    path("checkpoints/", desk.checkpoints, name="checkpoints"),
    path("checkpoints/<int:checkpoint_id>/", desk.checkpoint, name="checkpoint"),
    path("checkpoints/<int:checkpoint_id>/note/", desk.note, name="note"),
    path("stamps/", desk.stamps, name="stamps"),
    path("stamps/<int:stamp_id>/", desk.stamp, name="stamp"),
    path("anchors/", desk.anchors, name="anchors"),
    path("anchors/<int:anchor_id>/", desk.anchor, name="anchor"),
    path("seen/", desk.seen, name="seen"),
    path("refused/", desk.refused, name="refused"),
    path("alarms/", desk.alarms, name="alarms"),
    path("alarms/<int:alarm_id>/proof/", desk.proof, name="proof"),
]
