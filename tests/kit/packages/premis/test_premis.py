"""PREMIS 3 written and read again."""

from __future__ import annotations

import io
import tracemalloc

import pytest

from lantai.kit.packages import premis
from lantai.kit.packages.premis import Agent, Category, Event, Kept
from lantai.kit.packages.xml import XmlBroken, XmlHostile, XmlUnsayable

OBJECTS = [
    Kept("urn:lantai:sample", Category.REPRESENTATION, "OCFL"),
    Kept(
        "content/a & b.pdf",
        size_bytes=12,
        digests={"SHA-256": "ab" * 32, "SM3": "cd" * 32},
        puid="fmt/354",
        original_name="关于<样例>.pdf",
    ),
    Kept("content/b", size_bytes=0, format_name="text/plain"),
]
EVENTS = [
    Event("1", "ingestion", "2026-03-01T08:00:00Z", "封存", "success", ("p1", "o1"), ("urn:lantai:sample",)),
    Event("2", "fixity check", "", objects=("content/a & b.pdf", "content/b")),
]
AGENTS = [Agent("p1", "张三", "person"), Agent("o1", "样例档案馆", "organization")]


def test_what_is_written_is_read_again():
    found = list(premis.read(io.BytesIO(premis.document(OBJECTS, EVENTS, AGENTS))))
    assert found == [*OBJECTS, *EVENTS, *AGENTS]


def test_an_event_of_a_hundred_thousand_files_is_one_event_with_a_list():
    stream = io.BytesIO()
    tracemalloc.start()
    with premis.Writer(stream) as writer:
        writer.kept(OBJECTS[0])
        writer.event(Event("1", "migration", "2026", objects=(f"content/{n}" for n in range(100_000))))
    held = tracemalloc.get_traced_memory()[0] - len(stream.getvalue())
    tracemalloc.stop()
    assert held < 4_000_000  # the list is written as it comes
    stream.seek(0)
    kept, event = premis.read(stream)
    assert stream.getvalue().count(b"<event>") == 1
    assert (len(tuple(event.objects)), tuple(event.objects)[-1]) == (100_000, "content/99999")
    assert kept == OBJECTS[0]


def test_objects_come_before_events_and_events_before_agents():
    writer = premis.Writer(io.BytesIO())
    writer.event(EVENTS[0])
    with pytest.raises(premis.Unordered):
        writer.kept(OBJECTS[0])
    writer.agent(AGENTS[0])
    with pytest.raises(premis.Unordered):
        writer.event(EVENTS[0])


def test_a_document_that_was_not_finished_is_not_whole():
    stream = io.BytesIO()
    with pytest.raises(XmlUnsayable), premis.Writer(stream) as writer:
        writer.kept(Kept("a\0b"))
    with pytest.raises(XmlBroken):
        list(premis.read(io.BytesIO(stream.getvalue())))


@pytest.mark.parametrize(
    "data",
    [
        b"<premis><event>",
        b'<!DOCTYPE premis [<!ENTITY a "b">]><premis>&a;</premis>',
        b"",
    ],
)
def test_hostile_input_is_refused(data):
    with pytest.raises((XmlBroken, XmlHostile)):
        list(premis.read(io.BytesIO(data)))


def test_what_others_write_with_prefixes_and_more_elements_is_read():
    data = """<?xml version="1.0"?><premis:premis xmlns:premis="http://www.loc.gov/premis/v3" version="3.0"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><premis:object xsi:type="premis:file">
    <premis:objectIdentifier><premis:objectIdentifierType>uuid</premis:objectIdentifierType>
    <premis:objectIdentifierValue>x1</premis:objectIdentifierValue></premis:objectIdentifier>
    <premis:objectCharacteristics><premis:fixity><premis:messageDigestAlgorithm>SHA-256
    </premis:messageDigestAlgorithm></premis:fixity><premis:size>many</premis:size></premis:objectCharacteristics>
    </premis:object><premis:rights/></premis:premis>"""
    (kept,) = premis.read(io.BytesIO(data.encode()))
    assert (kept.identifier, kept.category, kept.size_bytes) == ("x1", Category.FILE, None)
