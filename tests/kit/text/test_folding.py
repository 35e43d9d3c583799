"""Folding brings spellings together, keeps places, and is its own fixed point."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lantai.kit.text import fold, fold_with_places, folding

texts = st.text() | st.text(
    st.sampled_from("臺台灣湾檔档案葛\U000e0100ｶﾞが\u3099A Ａａ①㎡İıßſ\u0345\u200b·•戸戶〇○-—")
)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("檔案館", "档案馆"),
        ("ＡＢＣ１２３", "abc123"),
        ("Ｚ１０９－ＷＳ・２０１１", "z109-ws·2011"),
        ("〔２０１１〕５号", "〔2011〕5号"),
        ("戸籍", "户籍"),
        ("𠮷野", "吉野"),
        ("葛󠄀城", "葛城"),
        ("二○一一年", "二〇一一年"),
        ("ｶﾞｽ", "ガス"),
        ("①㎡㈱", "1m2(株)"),
        ("档\u200b案", "档案"),
        ("Straße", "strasse"),
        ("乾坤與乾燥", "干坤与干燥"),
        ("", ""),
    ],
)
def test_spellings_that_mean_the_same_fold_together(written, folded):
    assert fold(written) == folded


@given(texts)
@example("e\u200b\u0301")
@example("\u0f73\u0301")
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(texts)
def test_the_way_with_places_gives_the_same_text(text):
    folded = fold_with_places(text)
    assert folded.text == fold(text)
    assert len(folded.starts) == len(folded.ends) == len(folded.text)
    for char, start, end in zip(folded.text, folded.starts, folded.ends, strict=True):
        assert char in fold(text[start:end])


@given(texts, texts)
def test_a_part_folds_as_it_does_inside_of_the_whole(before, after):
    assert fold(before + "档" + after).startswith(fold(before) if before else "")
    assert fold(before + "A") == fold(before) + "a"


def test_every_character_of_the_quick_class_really_folds_alone():
    for code in range(0x110000):
        char = chr(code)
        if folding._FOLDS_ALONE.fullmatch(char):
            assert not folding._joins(char), hex(code)


def test_every_variant_is_needed_and_ends_in_a_settled_character():
    converter = folding._converter()
    for variant, target in folding._variants().items():
        assert converter(unicodedata.normalize("NFKC", variant)) != target, variant
        assert fold(variant) == fold(target) == target


def test_importing_the_package_loads_no_dictionary():
    script = (
        "import sys, lantai.kit.text.names, lantai.kit.text.personal;"
        "sys.exit(bool({'opencc', 'pypinyin'} & set(sys.modules)))"
    )
    assert (
        subprocess.run([sys.executable, "-c", script], env={"PYTHONPATH": ":".join(sys.path)}).returncode == 0
    )
