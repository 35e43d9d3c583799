"""The tree and its proofs, against RFC 6962 written out recursively."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.kit.digests import hashing
from lantai.kit.errors import Fault, Invalid
from lantai.kit.evidence import merkle, tiles
from tests.kit.evidence import trees

sizes = st.one_of(st.integers(1, 20), st.integers(250, 270), st.integers(500, 700))

# Reference tree of certificate-transparency: eight entries, published roots.
CT_ENTRIES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
CT_ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def grown(count, batch=97):
    row, store, size = trees.leaves(count), trees.Store(), 0
    while size < count:
        added = tiles.append(row[size : size + batch], size, store)
        store.put(added.tiles)
        size = added.size
        assert added.root == merkle.root(row[:size])
    return row, store


@pytest.mark.parametrize("size", CT_ROOTS)
def test_roots_are_those_of_the_published_reference_tree(size):
    row = [merkle.SHA256.leaf(bytes.fromhex(entry)) for entry in CT_ENTRIES[:size]]
    assert merkle.root(row).hex() == CT_ROOTS[size]
    assert tiles.append(row, 0, trees.Store()).root.hex() == CT_ROOTS[size]


@given(st.integers(0, 600))
@settings(max_examples=40)
def test_three_ways_to_a_root_agree(size):
    row = trees.leaves(size)
    assert (
        merkle.root(row) == trees.mth(row) == merkle.root_of(row) == tiles.append(row, 0, trees.Store()).root
    )


@given(st.integers(1, 700), st.integers(1, 300))
@settings(max_examples=15)
def test_batches_of_any_size_grow_the_same_tiles(size, batch):
    _, piecewise = grown(size, batch)
    _, at_once = grown(size, size)
    assert piecewise.held == at_once.held


@given(st.data())
@settings(max_examples=60)
def test_inclusion_is_proved_and_only_for_the_right_leaf(data):
    size = data.draw(sizes)
    index = data.draw(st.integers(0, size - 1))
    row, store = grown(size)
    proof, root = tiles.inclusion(index, size, store), trees.mth(row)
    assert proof == trees.path(index, row)
    assert merkle.verify_inclusion(row[index], index, size, proof, root)
    assert not merkle.verify_inclusion(trees.leaf(b"other"), index, size, proof, root)
    assert not merkle.verify_inclusion(row[index], index + 1, size, proof, root)
    assert not merkle.verify_inclusion(row[index], index, size, [*proof, root], root)
    if proof:
        assert not merkle.verify_inclusion(row[index], index, size, proof[:-1], root)


@given(st.data())
@settings(max_examples=60)
def test_consistency_is_proved_and_only_for_a_real_prefix(data):
    new = data.draw(sizes)
    old = data.draw(st.integers(1, new))
    row, store = grown(new)
    proof, old_root, new_root = tiles.consistency(old, new, store), trees.mth(row[:old]), trees.mth(row)
    assert proof == trees.subproof(old, row)
    assert merkle.verify_consistency(old, new, old_root, new_root, proof)
    assert not merkle.verify_consistency(old, new, trees.leaf(b"x"), new_root, proof)
    assert not merkle.verify_consistency(old, new, old_root, trees.leaf(b"x"), proof)
    assert not merkle.verify_consistency(old, new, old_root, new_root, [*proof, old_root])


def test_every_tree_grows_from_the_empty_tree():
    row, store = grown(5)
    empty = merkle.SHA256.empty()
    assert tiles.consistency(0, 5, store) == []
    assert merkle.verify_consistency(0, 5, empty, trees.mth(row), [])
    assert not merkle.verify_consistency(0, 5, row[0], trees.mth(row), [])
    assert not merkle.verify_consistency(6, 5, empty, empty, [])


def test_a_tree_of_seventy_thousand_has_the_tiles_the_specification_counts():
    row = [trees.leaf(b"x")] * 70_000
    made = tiles.append(row, 0, trees.Store()).tiles
    widths = [(tile.level, tile.width) for tile in made]
    assert widths.count((0, 256)) == 273
    assert (0, 112) in widths
    assert widths.count((1, 256)) == 1
    assert (1, 17) in widths
    assert (2, 1) in widths
    assert len(made) == 277


def test_appending_reads_at_most_one_tile_a_level():
    row, store = grown(70_001, 70_001)
    store.reads = 0
    tiles.append(row[:3], 70_001, store)
    assert store.reads <= 6


def test_a_wider_tile_than_asked_for_serves_older_trees():
    row, store = grown(700)
    assert tiles.root(300, store) == trees.mth(row[:300])
    assert tiles.inclusion(3, 300, store) == trees.path(3, row[:300])


def test_a_missing_tile_is_a_fault_and_not_a_wrong_root():
    with pytest.raises(Fault):
        tiles.append(trees.leaves(1), 5, trees.Store())
    with pytest.raises(Invalid):
        tiles.inclusion(5, 5, trees.Store())


def test_the_same_tree_can_be_built_with_sm3():
    row = [merkle.SM3.leaf(b"%d" % i) for i in range(300)]
    store = trees.Store()
    added = tiles.append(row, 0, store, merkle.SM3)
    store.put(added.tiles)
    proof = tiles.inclusion(7, 300, store, merkle.SM3)
    assert merkle.verify_inclusion(row[7], 7, 300, proof, added.root, merkle.SM3)
    assert not merkle.verify_inclusion(row[7], 7, 300, proof, added.root)


@pytest.mark.parametrize("algorithm", [merkle.SHA256, merkle.SM3], ids=lambda one: one.name)
def test_a_batch_gives_the_hashes_that_one_by_one_give(algorithm):
    entries = [b"%d" % i for i in range(64)]
    leaves = algorithm.leaves(iter(entries))
    assert leaves == [algorithm.leaf(entry) for entry in entries]
    pairs = zip(leaves[::2], leaves[1::2], strict=True)
    assert algorithm.parents(b"".join(leaves)) == b"".join(algorithm.node(*pair) for pair in pairs)


def test_a_python_without_sm3_grows_the_same_tree(monkeypatch):
    wanted = merkle.SM3.leaves([b"one", b"two"])
    monkeypatch.setattr(hashing, "_fresh_sm3", hashing._CryptographySm3)
    assert merkle.SM3.leaves([b"one", b"two"]) == wanted


def test_a_prover_that_keeps_few_tiles_makes_the_same_proofs():
    store, size = trees.Store(), 70_000
    store.put(tiles.append(trees.leaves(size), 0, store).tiles)
    few = tiles.Prover(store, most_kept=2)
    for index in (0, 300, 69_999, 0, 65_535, 300):
        assert few.inclusion(index, size) == tiles.inclusion(index, size, store)


@given(st.integers(0, 10**9), st.integers(1, 256), st.sampled_from([0, 1, 63, None]))
def test_a_tile_path_reads_back(index, width, level):
    named = "entries" if level is None else level
    assert tiles.parse_tile_path(tiles.tile_path(named, index, width)) == (level, index, width)


def test_tile_paths_are_spelled_as_in_the_specification():
    assert tiles.tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tiles.tile_path(1, 5, 17) == "tile/1/005.p/17"
    assert tiles.entries_path(1000) == "tile/entries/x001/000"


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/5",
        "tile/00/005",
        "tile/64/005",
        "tile/0/x000/005",
        "tile/0/005.p/256",
        "tile/0/005.p/0",
        "tile/0/../005",
        "tile/0/00５",
    ],
)
def test_another_spelling_of_a_tile_path_is_refused(path):
    with pytest.raises(Invalid):
        tiles.parse_tile_path(path)


@given(st.lists(st.binary(max_size=300), max_size=10))
def test_an_entry_bundle_reads_back(entries):
    assert tiles.unpack_entries(tiles.pack_entries(entries)) == entries


def test_a_cut_off_bundle_and_an_oversized_entry_are_refused():
    for bundle in (b"\x00", b"\x00\x02a"):
        with pytest.raises(Invalid):
            tiles.unpack_entries(bundle)
    with pytest.raises(Invalid):
        tiles.pack_entries([b"x" * 65536])
