"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.topics.views import fronts, keeping, members

app_name = "topics"
urlpatterns = [
    path("", fronts.topics, name="topics"),
    path("new/", keeping.make, name="make"),
    path("open/", fronts.open_topics, name="open_topics"),
    path("open/<int:topic_id>/", fronts.open_topic, name="open_topic"),
    path("<int:topic_id>/", fronts.topic, name="topic"),
    path("<int:topic_id>/edit/", keeping.revise, name="revise"),
    path("<int:topic_id>/rule/", keeping.rule, name="rule"),
    path("<int:topic_id>/refresh/", keeping.refresh, name="refresh"),
    path("<int:topic_id>/share/", keeping.share, name="share"),
    path("<int:topic_id>/sections/new/", keeping.add_section, name="add_section"),
    path("<int:topic_id>/fields/new/", keeping.add_field, name="add_field"),
    path("<int:topic_id>/remove/", keeping.remove, name="remove"),
    path("sections/<int:section_id>/edit/", keeping.revise_section, name="revise_section"),
    path("fields/<int:own_field_id>/edit/", keeping.revise_field, name="revise_field"),
    path("sections/<int:section_id>/drop/", keeping.drop_section, name="drop_section"),
    path("fields/<int:own_field_id>/drop/", keeping.drop_field, name="drop_field"),
    path("<int:topic_id>/records/", members.records, name="records"),
    path("<int:topic_id>/excluded/", members.excluded, name="excluded"),
    path("<int:topic_id>/pick/", members.pick, name="pick"),
    path("members/exclude/", members.exclude, name="exclude"),
    path("members/put-back/", members.put_back, name="put_back"),
    path("members/choose-place/", members.choose_place, name="choose_place"),
    path("<int:topic_id>/place/", members.place, name="place"),
    path("members/<int:member_id>/values/", members.values, name="values"),
]
