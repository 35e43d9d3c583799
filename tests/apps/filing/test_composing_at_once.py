"""Two who compose at the same moment; in a module of its own, for it needs what others take back to be kept."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from lantai.apps.filing.models import CodeCounter, Document
from lantai.apps.filing.types import NothingArranged
from tests.apps.filing.desk import make_desk


@pytest.mark.django_db(transaction=True)
def test_of_two_who_compose_at_once_each_document_gets_one_code(settings, tmp_path):
    settings.LANTAI_STORE = tmp_path / "store"
    desk = make_desk("H")
    ids = [row.pk for row in desk.arranged(6)]
    said: list[str] = []

    def compose(name: str) -> None:
        try:
            desk.compose(ids, name)
            said.append("composed")
        except NothingArranged:
            said.append("nothing left")
        finally:
            connection.close()

    both = [threading.Thread(target=compose, args=(name,)) for name in ("甲", "乙")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(said) == ["composed", "nothing left"]
    assert len(set(Document.objects.values_list("reference_code", flat=True))) == 6
    assert CodeCounter.objects.get(prefix="H109-WS·2026-Y-BGS-").last == 6
