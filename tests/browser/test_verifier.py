"""The verifier page, opened from disk as a stranger opens it: no server, no network."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from lantai.kit.evidence import SHA256, append, inclusion, standalone
from tests.browser.watched import Watched
from tests.kit.evidence import alterations, conformance
from tests.kit.evidence.conformance import VALID, Base
from tests.kit.evidence.trees import Store

pytestmark = pytest.mark.browser

_ALL = """async cases => {
    const found = {};
    for (const one of cases) {
        const bytes = Uint8Array.from(atob(one.bundle), char => char.charCodeAt(0));
        const verdict = await verify(new Blob([bytes]), one.trust);
        found[one.name] = verdict.ok ? "valid" : verdict.failed;
    }
    return found;
}"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    return conformance.stamped_base(tmp_path_factory.mktemp("tsa"))


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Watched]:
    path = tmp_path / "verify.html"
    path.write_text((resources.files(standalone) / "verify.html").read_text("utf-8"), "utf-8")
    context = chromium.new_context(offline=True, locale="zh-CN", viewport={"width": 390, "height": 844})
    seen = Watched(context.new_page(), request.node.name)
    seen.page.goto(path.as_uri())
    yield seen
    context.close()
    assert not seen.faults, "\n".join(seen.faults)


def _give(page: Page, name: str, data: bytes, to: str) -> None:
    page.locator(to).set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})


def test_evi_62_the_page_says_of_every_altered_bundle_what_the_others_say(
    opened: Watched, base: Base
) -> None:
    cases = list(alterations.cases(base))
    said = opened.page.evaluate(_ALL, conformance.encoded(cases))
    assert said == {one.name: one.expected for one in cases}
    assert VALID in said.values()


_PROOFS = """async ({ rows, root }) => {
    const bytes = text => Uint8Array.from(text.match(/../g), pair => parseInt(pair, 16));
    let good = 0;
    for (const { leaf, index, size, path } of rows) {
        const found = await root_by(bytes(leaf), BigInt(index), BigInt(size), path.map(bytes));
        good += same(found, bytes(root));
    }
    return good;
}"""


def test_evi_50_the_page_agrees_with_every_inclusion_proof_of_a_tree(opened: Watched) -> None:
    store, leaves = Store(), [SHA256.leaf(b"%d" % n) for n in range(1000)]
    added = append(leaves, 0, store)
    store.put(added.tiles)
    rows = [
        {
            "leaf": leaf.hex(),
            "index": n,
            "size": 1000,
            "path": [one.hex() for one in inclusion(n, 1000, store)],
        }
        for n, leaf in enumerate(leaves)
    ]
    assert opened.page.evaluate(_PROOFS, {"rows": rows, "root": added.root.hex()}) == 1000
    moved = [row | {"index": (row["index"] + 2) % 1000} for row in rows]
    assert opened.page.evaluate(_PROOFS, {"rows": moved[:50], "root": added.root.hex()}) == 0


def test_evi_62_a_stranger_gives_two_files_and_reads_the_verdict(opened: Watched, base: Base) -> None:
    page, bundle = opened.page, conformance.written(base)
    _give(page, "bundle.zip", bundle, "#evidence")
    _give(page, "trust.txt", base.trust.encode(), "#trust")
    expect(page.locator("#verdict")).to_have_text("✓ 有效Valid")
    expect(page.locator("#checks li")).to_have_count(4 + 1 + len(base.added) + len(conformance.FILES) + 1)
    expect(page.get_by_text("样例证据包")).to_be_visible()
    opened.look("valid")
    altered = bundle.replace(conformance.FILES[conformance.A_BIN], conformance.FILES[conformance.A_BIN][::-1])
    _give(page, "bundle.zip", altered, "#evidence")
    expect(page.locator("#verdict .zh")).to_have_text("无效：有文件与清单不符")
    _give(page, "receipt.json", base.members["receipt.json"], "#evidence")
    expect(page.locator("#verdict .zh")).to_have_text("有效")
    page.get_by_role("button", name="English").click()
    expect(page.locator("#verdict .en")).to_be_visible()
    expect(page.locator("#verdict .zh")).to_be_hidden()
    opened.look("english")
