"""Addresses of this app."""

from __future__ import annotations

from django.urls import path

from lantai.apps.catalogue.views import (
    changing,
    editing,
    files,
    finding,
    grid,
    items,
    linking,
    lists,
    tree,
    watching,
    writing,
)

app_name = "catalogue"
urlpatterns = [
    path("", lists.item_list, name="list"),
    path("search", finding.search, name="search"),
    path("searches/", watching.searches, name="searches"),
    path("searches/save/", watching.save_search, name="save_search"),
    path("searches/watch/", watching.watch, name="watch"),
    path("searches/forget/", watching.forget_search, name="forget_search"),
    path("tree/<int:fonds_id>/", tree.tree, name="tree"),
    path("tree/<int:fonds_id>/branch/", tree.top_branch, name="top_branch"),
    path("code/", tree.by_code, name="by_code"),
    path("items/<int:item_id>/", items.item, name="item"),
    path("items/<int:item_id>/pane/", lists.pane, name="pane"),
    path("items/<int:item_id>/branch/", tree.branch, name="branch"),
    path("choose/", changing.choose, name="choose"),
    path("bulk/", changing.bulk_changes, name="bulk_changes"),
    path("bulk/<int:bulk_id>/", changing.bulk_change, name="bulk_change"),
    path("bulk/<int:bulk_id>/undo/", changing.undo_bulk, name="undo_bulk"),
    path("bulk/<int:bulk_id>/grid/", grid.grid, name="grid"),
    path("new/", writing.new, name="new"),
    path("new/draft/", writing.new_draft, name="new_draft"),
    path("kinds/<int:kind_id>/values/", writing.suggest_values, name="suggest_values"),
    path("items/<int:item_id>/draft/", editing.draft, name="draft"),
    path("items/<int:item_id>/numbers/<slug:field>/", editing.number, name="number"),
    path("items/<int:item_id>/describe/", editing.describe, name="describe"),
    path("items/<int:item_id>/points/new/", linking.link, name="link"),
    path("items/<int:item_id>/points/drop/", linking.unlink, name="unlink"),
    path("authorities/<int:authority_id>/", linking.authority_records, name="authority_records"),
    path("items/<int:item_id>/history/", editing.history, name="history"),
    path("items/<int:item_id>/restore/", editing.restore, name="restore"),
    path("items/<int:item_id>/evidence/", items.evidence, name="evidence"),
    path("items/<int:item_id>/proofs/<int:entry_id>", items.proof, name="proof"),
    path("items/<int:item_id>/files/<int:file_id>/original", files.original, name="original"),
    path("items/<int:item_id>/files/<int:file_id>/pages/<int:page>.png", files.page_image, name="page"),
    path("items/<int:item_id>/files/<int:file_id>/pages/<int:page>.svg", files.page_marks, name="marks"),
]
