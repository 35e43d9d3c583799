"""Whatever a subject holds: the run ends with a report, and junk never passes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lantai.kit.fourprops import (
    Conclusion,
    FileFacts,
    FileState,
    ItemFacts,
    Report,
    Stage,
    report_rows,
    run,
    scheme_for,
)
from tests.kit.fourprops.subjects import subject

DOCUMENT = scheme_for("document")

text = st.text(max_size=12)
junk_files = st.builds(
    FileFacts,
    path=text,
    name=text,
    size=st.integers(0, 9),
    declared_size=st.none() | st.integers(0, 9),
    declared_format=st.none() | text,
    digests=st.dictionaries(text, text, max_size=2),
    declared_digests=st.dictionaries(text, text, max_size=2),
    puid=text,
    state=st.none() | st.sampled_from(FileState),
    extension_ok=st.none() | st.booleans(),
    pages=st.none() | st.integers(0, 9),
)
identifiers = st.sampled_from([element.identifier for element in DOCUMENT.elements]) | text
junk_items = st.builds(
    ItemFacts,
    key=text,
    reference_code=text,
    metadata=st.dictionaries(identifiers, text, max_size=6),
    files=st.lists(junk_files, max_size=2).map(tuple),
    declared_attachments=st.none() | st.lists(text, max_size=2).map(tuple),
)


@given(st.sampled_from(Stage), st.lists(junk_items, max_size=4).map(tuple))
def test_no_subject_makes_the_run_stumble_and_junk_never_passes(stage, items):
    report = run(subject(stage, items=items), DOCUMENT)
    assert report.conclusion is Conclusion.FAILED
    assert Report.from_json(report.to_json()) == report
    assert list(report_rows(report))
