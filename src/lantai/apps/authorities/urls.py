"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.authorities.views import merging, parts, records, vocabularies

app_name = "authorities"
urlpatterns = [
    path("", records.authorities, name="authorities"),
    path("new/", records.enter, name="enter"),
    path("suggest/", records.suggest, name="suggest"),
    path("alike/", merging.alike, name="alike"),
    path("alike/different/", merging.tell_apart, name="tell_apart"),
    path("merge/choose/", merging.choose_merge, name="choose_merge"),
    path("merge/", merging.merge, name="merge"),
    path("merges/<int:merge_id>/undo/", merging.undo_merge, name="undo_merge"),
    path("<int:authority_id>/", records.authority, name="authority"),
    path("<int:authority_id>/edit/", records.revise, name="revise"),
    path("<int:authority_id>/history/", records.history, name="history"),
    path("<int:authority_id>/restore/", records.restore, name="restore"),
    path("<int:authority_id>/eac.xml", records.eac, name="eac"),
    path("<int:authority_id>/names/new/", parts.add_name, name="add_name"),
    path("<int:authority_id>/relations/new/", parts.relate, name="relate"),
    path("<int:authority_id>/relations/drop/", parts.drop_relation, name="drop_relation"),
    path("<int:authority_id>/sources/new/", parts.add_source, name="add_source"),
    path("names/<int:name_id>/edit/", parts.revise_name, name="revise_name"),
    path("names/<int:name_id>/drop/", parts.drop_name, name="drop_name"),
    path("sources/<int:source_id>/drop/", parts.drop_source, name="drop_source"),
    path("vocabularies/", vocabularies.vocabularies, name="vocabularies"),
    path("vocabularies/new/", vocabularies.enter_vocabulary, name="enter_vocabulary"),
    path("vocabularies/suggest/", vocabularies.suggest_terms, name="suggest_terms"),
    path("vocabularies/<int:vocabulary_id>/", vocabularies.vocabulary, name="vocabulary"),
    path("vocabularies/<int:vocabulary_id>/edit/", vocabularies.revise_vocabulary, name="revise_vocabulary"),
    path("vocabularies/<int:vocabulary_id>/terms/new/", vocabularies.add_terms, name="add_terms"),
    path("vocabularies/terms/retire/", vocabularies.retire_terms, name="retire_terms"),
]
