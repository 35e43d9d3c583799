"""XML that archives send, and XML that attackers send."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.kit.packages.xml import (
    End,
    XmlBroken,
    XmlHostile,
    XmlLimits,
    XmlUnsayable,
    read_ends,
    read_events,
    write_element,
)


def ends(data, **limits):
    return [
        (e.name, e.text)
        for e in read_events(io.BytesIO(data), limits=XmlLimits(**limits))
        if isinstance(e, End)
    ]


def test_text_comes_with_the_end_of_its_element():
    assert ends("<目录><题名> 通知 </题名></目录>".encode()) == [("题名", "通知"), ("目录", "")]


def test_namespaces_do_not_change_names():
    assert ends(b'<a:x xmlns:a="urn:a"><a:y a:k="1">1</a:y></a:x>') == [("y", "1"), ("x", "")]


@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030", "GB2312", "UTF-16"])
def test_the_encodings_of_the_standards_are_read(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<题名>㐀档案</题名>'
    if encoding == "GB2312":
        text = text.replace("㐀", "")
    assert ends(text.encode(encoding))[0][1].endswith("档案")


def test_a_rare_character_of_gb18030_survives():
    assert ends('<?xml version="1.0" encoding="GB18030"?><a>𠮷㐂</a>'.encode("gb18030")) == [("a", "𠮷㐂")]


HOSTILE = {
    "external entity": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "external DTD": b'<!DOCTYPE a SYSTEM "http://example.invalid/a.dtd"><a/>',
    "billion laughs": b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>',
    "depth": b"<a>" * 100_000,
    "attribute": b'<a k="' + b"x" * 10_000_000 + b'"/>',
    "attributes": b"<a " + b" ".join(b'k%d=""' % i for i in range(1000)) + b"/>",
    "name": b"<" + b"a" * 5000 + b"/>",
    "endless token": b"<!--" + b"x" * 40_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_attack_is_refused(name):
    with pytest.raises(XmlHostile):
        ends(HOSTILE[name])


@pytest.mark.parametrize("name", HOSTILE)
def test_an_attack_is_refused_where_only_ends_are_read(name):
    with pytest.raises(XmlHostile):
        list(read_ends(io.BytesIO(HOSTILE[name])))


def test_ends_alone_are_those_among_the_events():
    data = '<a:x xmlns:a="urn:a"> 题名 <a:y k="1">一<z/>二</a:y><y>三</y></a:x>'.encode()
    told = [e for e in read_events(io.BytesIO(data)) if isinstance(e, End)]
    assert len(told) == 4
    assert list(read_ends(io.BytesIO(data))) == told


def test_long_text_and_many_comments_are_no_attack():
    assert ends(b"<a>" + b"<!-- x -->" * 200_000 + b"y" * 3_000_000 + b"</a>") == [("a", "y" * 3_000_000)]


def test_a_document_over_its_size_is_refused():
    with pytest.raises(XmlHostile):
        ends(b"<a>" + b"x" * 1000 + b"</a>", total_bytes=100)
    with pytest.raises(XmlHostile):
        ends(b"<a>" + b"x" * 1000 + b"</a>", text=100)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<a>",
        b"<a></b>",
        b"<a>&nbsp;</a>",
        b"<a>\xff</a>",
        b'<?xml version="1.0" encoding="koi8-r"?><a/>',
    ],
)
def test_a_broken_document_is_said_to_be_broken(data):
    with pytest.raises(XmlBroken):
        ends(data)


@given(st.text(st.characters(blacklist_categories=["Cc", "Cs"]), max_size=30))
def test_what_is_written_is_what_is_read(text):
    try:
        written = write_element("题名", text)
    except XmlUnsayable:
        assert any(c in "\ufffe\uffff" for c in text)
        return
    assert ends(written.encode()) == [("题名", text.strip())]


@pytest.mark.parametrize(("name", "text"), [("a", "\x00"), ("1a", "x"), ("a b", "x"), ("a><b", "x")])
def test_what_xml_cannot_say_is_refused(name, text):
    with pytest.raises(XmlUnsayable):
        write_element(name, text)
