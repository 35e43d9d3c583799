"""The verifier page, opened from disk as a stranger opens it: no server, no network."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from lantai.kit.evidence import SHA256, TrustStore, append, inclusion, standalone
from lantai.kit.evidence.verify import verify_bytes
from tests.browser.watched import Watched
from tests.kit.evidence import alterations, conformance, papers
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


def test_the_page_says_of_every_altered_certificate_what_the_program_says(
    opened: Watched, base: Base
) -> None:
    cases = list(papers.cases(base.archives))
    said = opened.page.evaluate(_ALL, conformance.encoded(cases))
    assert said == {one.name: one.expected or said[one.name] for one in cases}
    assert [name for name, found in said.items() if found == VALID] == ["good"]
    judged = {one.name: verify_bytes(one.bundle, TrustStore.parse(one.trust)).ok for one in cases}
    assert judged == {name: found == VALID for name, found in said.items()}


def test_a_citizen_gives_the_certificate_and_reads_what_it_is(opened: Watched, base: Base) -> None:
    page, good = opened.page, next(papers.cases(base.archives)).bundle
    assert ".pdf" in str(page.locator("#evidence").get_attribute("accept"))
    _give(page, "证明.pdf", good, "#evidence")
    _give(page, "trust.txt", base.trust.encode(), "#trust")
    expect(page.locator("#verdict")).to_have_text("✓ 有效Valid")
    expect(page.locator("#meaning .zh")).to_contain_text("是否撤销，离线不能得知")
    expect(page.locator("#facts")).to_contain_text(papers.NUMBER)
    opened.look("certificate")
    _give(page, "证明.pdf", good.replace(b"/Perms", b"/Perma"), "#evidence")
    expect(page.locator("#verdict .zh")).to_have_text("无效：签名与文件内容不符，文件已被改动")
    expect(page.locator("#meaning .zh")).to_contain_text("请向持有人索取")
    _give(page, "打印的.pdf", papers.page(), "#evidence")
    expect(page.locator("#verdict .zh")).to_contain_text("不是证明的原文件")
    _give(page, "receipt.json", base.members["receipt.json"], "#evidence")
    expect(page.locator("#verdict .zh")).to_have_text("有效")
    expect(page.locator("#meaning")).to_be_empty()


def test_a_pdf_of_endless_size_is_refused_before_it_is_read(opened: Watched, base: Base) -> None:
    said = opened.page.evaluate(
        "async trust => (await verify(new Blob(['%PDF-', new Uint8Array(2 ** 26)]), trust)).failed",
        base.trust,
    )
    assert said == "pdf-large"
