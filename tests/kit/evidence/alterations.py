"""Altered bundles, each with what a verifier has to say of it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator

from lantai.kit import crypto, evidence
from lantai.kit.evidence import bundles
from lantai.kit.evidence.canonical import canonical
from tests.kit.evidence import issuing
from tests.kit.evidence.broken_zips import of_the_zip, piped, poked, zip64
from tests.kit.evidence.conformance import (
    A_BIN,
    FILES,
    VALID,
    Base,
    Case,
    Members,
    Rows,
    manifest_of,
    written,
    zipped,
)
from tests.kit.evidence.issuing import ORIGIN, WITNESS, flipped
from tests.kit.evidence.key_cases import of_histories


def cases(base: Base) -> Iterator[Case]:
    """All of them."""
    for source in (
        _good,
        _content,
        _manifest,
        _logged,
        _receipt,
        _proof,
        _signatures,
        _trust,
        _added,
        _stamps,
        of_histories,
        of_the_zip,
    ):
        for name, bundle, expected, *trust in source(base):
            yield Case(name, bundle, trust[0] if trust else base.trust, expected)


def _good(base: Base) -> Rows:
    yield "as it was made", written(base), VALID
    yield "without what may be added", written(base, {}), VALID
    yield "packed by another program", zipped(base.all, zipfile.ZIP_DEFLATED), VALID
    yield "members in another order", zipped(dict(reversed(base.all.items()))), VALID
    yield "written to a pipe, with data descriptors", piped(base.all), VALID
    yield "of no files at all", zipped(base.with_files({})), VALID
    yield "every packed file in a zip64 header", zip64(base.all), VALID
    notes = "# 样例\r\n\r\n" + base.trust.replace("\n", "\r\n")
    yield "under a trust file with remarks and other line ends", written(base), VALID, notes
    for only in ("log_key", "sm2_key"):
        keys = [getattr(base.archives, only)]
        yield f"signed by {only} alone", zipped(_resigned(base, keys)), VALID


def _content(base: Base) -> Rows:
    m = base.all
    yield "one byte of content", zipped(m | {A_BIN: flipped(m[A_BIN], 700)}), "file"
    yield "content longer by a byte", zipped(m | {A_BIN: m[A_BIN] + b"x"}), "file"
    yield "content shorter by a byte", zipped(m | {A_BIN: m[A_BIN][:-1]}), "file"
    yield "content emptied", zipped(m | {A_BIN: b""}), "file"
    yield "an empty file filled", zipped(m | {"content/empty": b"x"}), "file"
    yield "two files exchanged", zipped(m | {A_BIN: m["premis.xml"], "premis.xml": m[A_BIN]}), "file"
    yield "metadata changed", zipped(m | {"metadata/item.json": b'{"title":"other"}'}), "file"
    yield "events changed", zipped(m | {"premis.xml": b"<premis>x</premis>"}), "file"
    yield "the keys for information changed", zipped(m | {"trust.txt": b"# other\n"}), "file"
    yield "a file is missing", zipped({k: v for k, v in m.items() if k != A_BIN}), "files"
    yield "a file too many", zipped(m | {"content/b.bin": b"more"}), "files"
    yield "a file too many among the stamps", zipped(m | {"stamps/readme.txt": b"more"}), "files"
    yield "a file too many among the keys", zipped(m | {"keys/other": b"more"}), "files"
    renamed = {k.replace("a.bin", "b.bin"): v for k, v in m.items()}
    yield "a file renamed", zipped(renamed), "files"
    yield "a byte of stored content in the ZIP, its sum left", poked(base, m[A_BIN], 700), "file"


def _manifest(base: Base) -> Rows:
    m, text = base.all, base.members["manifest.json"].decode()
    value = json.loads(text)

    def said(change: Callable[[dict[str, object]], object]) -> bytes:
        files = [dict(one) for one in value["files"]]
        change(files[0])
        return canonical({"lantai": "bundle/v1", "files": files})

    def logged(manifest: bytes) -> bytes:
        return zipped(m | {"manifest.json": manifest, "receipt.json": base.receipt(manifest)} if True else m)

    bare = base.members
    yield "manifest: a digit of SHA-256", zipped(m | {"manifest.json": _hex(text, "sha256")}), "manifest"
    yield "manifest: a digit of SHA-512", zipped(m | {"manifest.json": _hex(text, "sha512")}), "manifest"
    yield "manifest: a digit of SM3", zipped(m | {"manifest.json": _hex(text, "sm3")}), "manifest"
    wrong = said(lambda one: one.update(size=1))
    yield "manifest: wrong size", zipped(m | {"manifest.json": wrong}), "manifest"
    yield "manifest: a space more", zipped(m | {"manifest.json": text.replace(",", ", ", 1).encode()}), "form"
    yield "manifest: not JSON", zipped(m | {"manifest.json": text[:-1].encode()}), "form"
    yield "manifest: a list", zipped(m | {"manifest.json": b"[]"}), "form"
    other = canonical({"lantai": "bundle/v2", "files": value["files"]})
    yield "manifest: another format", zipped(m | {"manifest.json": other}), "form"
    more = canonical({"lantai": "bundle/v1", "files": value["files"], "note": "x"})
    yield "manifest: a field more", zipped(m | {"manifest.json": more}), "form"
    backwards = canonical({"lantai": "bundle/v1", "files": value["files"][::-1]})
    yield "manifest: not in order", zipped(m | {"manifest.json": backwards}), "form"
    twice = canonical({"lantai": "bundle/v1", "files": [value["files"][0], *value["files"]]})
    yield "manifest: a path twice", zipped(m | {"manifest.json": twice}), "form"
    yield (
        "manifest: a path outside",
        zipped(m | {"manifest.json": said(lambda one: one.update(path="../a"))}),
        "form",
    )
    yield (
        "manifest: a negative size",
        zipped(m | {"manifest.json": said(lambda one: one.update(size=-1))}),
        "form",
    )
    yield "manifest: a size with a fraction", zipped(m | {"manifest.json": _fraction(text)}), "form"
    yield "manifest is missing", zipped({k: v for k, v in m.items() if k != "manifest.json"}), "form"
    forged = base.with_files(FILES | {A_BIN: b"forged"})
    mixed = bare | {"manifest.json": forged["manifest.json"], A_BIN: b"forged"}
    yield "manifest and file changed together", zipped(mixed), "manifest"


def _logged(base: Base) -> Rows:
    """What the archives itself got wrong and signed."""
    text = base.members["manifest.json"].decode()
    files = [dict(one) for one in json.loads(text)["files"]]
    files[0]["size"] = 1
    wrong = {f"a wrong {name}": _hex(text, name) for name in ("sha256", "sha512", "sm3")}
    wrong["a wrong size"] = canonical({"lantai": "bundle/v1", "files": files})
    for name, manifest in wrong.items():
        held = base.members | {"manifest.json": manifest, "receipt.json": base.receipt(manifest)}
        yield f"logged with {name}", zipped(held), "file"


def _receipt(base: Base) -> Rows:
    bare = base.members
    value = json.loads(bare["receipt.json"])

    def saying(**parts: object) -> bytes:
        return zipped(bare | {"receipt.json": canonical(value | parts)})

    yield "receipt is missing", zipped({k: v for k, v in bare.items() if k != "receipt.json"}), "files"
    yield "receipt: empty object", zipped(bare | {"receipt.json": b"{}"}), "form"
    yield (
        "receipt: a new line at its end",
        zipped(bare | {"receipt.json": bare["receipt.json"] + b"\n"}),
        "form",
    )
    yield (
        "receipt: a number as 1.0",
        zipped(
            bare | {"receipt.json": canonical(value | {"statement": {"n": 1}}).replace(b'"n":1', b'"n":1.0')}
        ),
        "form",
    )
    yield (
        "receipt: a number beyond 2^53",
        zipped(
            bare
            | {
                "receipt.json": canonical(value | {"statement": {"n": 1}}).replace(
                    b'"n":1', b'"n":9007199254740993'
                )
            }
        ),
        "form",
    )
    lone = canonical(value | {"statement": {"n": "x"}}).replace(b'"n":"x"', b'"n":"\\ud800"')
    yield "receipt: half a character", zipped(bare | {"receipt.json": lone}), "form"
    escaped = bare["receipt.json"].replace("样".encode(), b"\\u6837", 1)
    yield "receipt: another spelling of a character", zipped(bare | {"receipt.json": escaped}), "form"
    changed = value["statement"] | {"title": "别的证据包"}
    yield "receipt: a word of the statement", saying(statement=changed), "statement"
    entry = value["entry"] | {"at": "2020-01-01T00:00:00+00:00"}
    yield "receipt: the time of the entry", saying(entry=entry), "inclusion"
    entry = value["entry"] | {"nonce": value["entry"]["nonce"][::-1]}
    yield "receipt: the nonce of the entry", saying(entry=entry), "inclusion"
    yield "receipt: a short nonce", saying(entry=value["entry"] | {"nonce": "x"}), "form"
    both = value["entry"] | {"detail": {"statement_sha256": evidence.statement_digest(changed)}}
    yield "receipt: statement and entry together", saying(statement=changed, entry=both), "inclusion"
    other = base.archives.receipt({"kind": "transfer", "title": "别的事"})
    yield "receipt of another act", zipped(bare | {"receipt.json": other}), "manifest"
    other = base.receipt(manifest_of({"x": b"y"}))
    yield "receipt of another bundle", zipped(bare | {"receipt.json": other}), "manifest"


def _with_proof(base: Base, proof: str) -> bytes:
    value = json.loads(base.members["receipt.json"])
    return zipped(base.members | {"receipt.json": canonical(value | {"proof": proof})})


def _proof(base: Base) -> Rows:
    text = json.loads(base.members["receipt.json"])["proof"]
    proof = evidence.parse_proof(text)

    def other(**parts: object) -> bytes:
        held = {
            "index": proof.index,
            "hashes": proof.hashes,
            "note": proof.note,
            "extra": proof.extra,
        } | parts
        return _with_proof(base, evidence.TlogProof(**held).render())

    first, *rest = proof.hashes
    yield "proof: another index", other(index=proof.index + 1), "inclusion"
    yield "proof: an index beyond the tree", other(index=10**6), "inclusion"
    yield "proof: a bit of a hash", other(hashes=(flipped(first, 5), *rest)), "inclusion"
    yield "proof: a hash less", other(hashes=tuple(rest)), "inclusion"
    yield "proof: a hash more", other(hashes=(*proof.hashes, first)), "inclusion"
    yield "proof: two hashes exchanged", other(hashes=(rest[0], first, *rest[1:])), "inclusion"
    yield "proof: a short hash", other(hashes=(first[:-1], *rest)), "form"
    yield "proof: something extra", other(extra=b"more"), "inclusion"
    yield (
        "proof: an index with a zero before it",
        _with_proof(base, text.replace("index ", "index 0", 1)),
        "form",
    )
    yield "proof: another version", _with_proof(base, text.replace("@v1", "@v2", 1)), "form"
    yield "proof: cut off", _with_proof(base, text[:-20]), "form"
    value = json.loads(base.members["receipt.json"])
    older = issuing.Archives(
        log_key=base.archives.log_key, sm2_key=base.archives.sm2_key, witness=base.archives.witness
    )
    grown = evidence.parse_proof(older.logged(value["entry"], among=290, index=150))
    yield "proof: the head of another, older tree", other(note=grown.note), "inclusion"
    stranger = issuing.Archives()
    yield (
        "proof by another log of the same name",
        _with_proof(base, stranger.logged(value["entry"])),
        "signatures",
    )


def _resigned(base: Base, keys: list, origin: str = ORIGIN) -> Members:
    value = json.loads(base.members["receipt.json"])
    proof = evidence.parse_proof(value["proof"])
    head = evidence.parse_checkpoint(proof.note.text)
    note = evidence.sign_checkpoint(evidence.Checkpoint(origin, head.size, head.root, head.extensions), keys)
    text = evidence.TlogProof(proof.index, proof.hashes, note).render()
    return base.members | {"receipt.json": canonical(value | {"proof": text})}


def _signatures(base: Base) -> Rows:
    text = json.loads(base.members["receipt.json"])["proof"]
    proof = evidence.parse_proof(text)
    for at, line in enumerate(proof.note.signatures):
        for where, place in (("first", 0), ("last", -1)):
            bad = evidence.NoteSignature(line.name, line.key_id, flipped(line.blob, place))
            yield f"signature {at + 1}: its {where} byte", _lines(base, proof, {at: bad}), "signatures"
        bad = evidence.NoteSignature(line.name, flipped(line.key_id, 0), line.blob)
        yield f"signature {at + 1}: of a key nobody knows", _lines(base, proof, {at: bad}), "signatures"
    log, sm2, witness = proof.note.signatures
    yield "only the witness signed", _lines(base, proof, {0: None, 1: None}), "signatures"
    yield "a line twice", _lines(base, proof, {1: log}), "signatures"
    yield (
        "signatures exchanged",
        _lines(
            base,
            proof,
            {
                0: evidence.NoteSignature(log.name, log.key_id, sm2.blob),
                1: evidence.NoteSignature(sm2.name, sm2.key_id, log.blob),
            },
        ),
        "signatures",
    )
    elder = evidence.NoteSignature(witness.name, witness.key_id, flipped(witness.blob, 7))
    yield "the time of a cosignature", _lines(base, proof, {2: elder}), "signatures"
    yield "no signature at all", _with_proof(base, text[: text.index("\n— ") + 1]), "form"
    bad = proof.note.text.replace("\n300\n", "\n301\n")
    yield "checkpoint: its size", _with_proof(base, text.replace(proof.note.text, bad)), "signatures"
    yield (
        "checkpoint: a line more",
        _with_proof(base, text.replace(proof.note.text, proof.note.text + "more\n")),
        "signatures",
    )
    other = _resigned(base, [base.archives.log_key], origin="other.example/log")
    yield "checkpoint of a log of another name", zipped(other), "signatures"


def _lines(base: Base, proof: evidence.TlogProof, changed: dict[int, evidence.NoteSignature | None]) -> bytes:
    kept = [changed.get(at, line) for at, line in enumerate(proof.note.signatures)]
    note = evidence.Note(proof.note.text, tuple(line for line in kept if line is not None))
    return _with_proof(base, evidence.TlogProof(proof.index, proof.hashes, note).render())


def _trust(base: Base) -> Rows:
    good = written(base)
    lines = [
        line for line in base.trust.splitlines() if ("+" in line and "archives" in line) or WITNESS in line
    ]
    yield "under the keys of another archives", good, "signatures", issuing.Archives().trust().render()
    yield "under no keys", good, "signatures", "# nobody\n"
    yield "under the witness alone", good, "signatures", lines[2] + "\n"
    yield "under keys without the witness", good, "signatures", "\n".join(lines[:2]) + "\n"


def _added(base: Base) -> Rows:
    m, note = base.members, base.note
    archives = base.archives

    def cosigned(text: str, name: str = WITNESS, key: object = None, bit: int | None = None) -> bytes:
        signed = evidence.cosign(
            evidence.Note(text, ()), name, key or archives.witness, posix_seconds=1_772_353_000
        )
        if bit is not None:
            line = signed.signatures[0]
            blob = flipped(line.blob, bit)
            signed = evidence.Note(text, (evidence.NoteSignature(line.name, line.key_id, blob),))
        return zipped(m | {"cosignatures": signed.render().encode()})

    yield "cosignatures of the same checkpoint", cosigned(note.text), VALID
    yield (
        "cosignatures of another checkpoint",
        cosigned(note.text.replace("\n300\n", "\n301\n")),
        "cosignatures",
    )
    yield "cosignature: a bit", cosigned(note.text, bit=20), "cosignatures"
    yield "cosignature: its time", cosigned(note.text, bit=6), "cosignatures"
    yield (
        "cosignature of a witness nobody knows",
        cosigned(note.text, key=issuing.Archives().witness),
        "cosignatures",
    )
    yield (
        "cosignatures that the log signed itself",
        zipped(
            m
            | {"cosignatures": evidence.sign_note(note.text, [(ORIGIN, archives.log_key)]).render().encode()}
        ),
        "cosignatures",
    )
    yield "cosignatures: no note", zipped(m | {"cosignatures": b"\xff\xfe"}), "cosignatures"
    sm2 = crypto.generate("sm2")
    others = evidence.TrustStore((evidence.witness_key("witness.example/sm2", sm2.public),)).render()
    by_sm2 = cosigned(note.text, "witness.example/sm2", sm2)
    yield "a cosignature by SM2", by_sm2, VALID, base.trust + others
    yield "a cosignature by SM2 of a witness nobody knows", by_sm2, "cosignatures"


def _stamps(base: Base) -> Rows:
    m, note, archives = base.members, base.note, base.archives
    yield "a stamp that is none", zipped(m | {"stamps/1.tsr": b"x" * 40}), "stamps"
    yield "a stamp of nothing", zipped(m | {"stamps/1.tsr": b""}), "stamps"
    name = bundles.anchor_path(b"{}")
    yield "an anchor that proves nothing", zipped(m | {name: b"{}"}), VALID
    yield "an anchor with a byte changed", zipped(m | {name: b"{ "}), "anchors"
    yield "an anchor of another name", zipped(m | {"anchors/1.json": b"{}"}), "files"
    yield "an added member above its limit", zipped(m | {"keys/history": b" " * (1024 * 1024 + 1)}), "form"
    if stamp := base.added.get("stamps/1.tsr"):
        imprint = evidence.SHA256.digest(note.text.encode())
        yield (
            "a stamp: a bit of its imprint",
            zipped(m | {"stamps/1.tsr": flipped(stamp, stamp.index(imprint) + 3)}),
            "stamps",
        )
        yield (
            "a stamp of another checkpoint",
            zipped(_resigned(base, [archives.log_key]) | _stretched(base, stamp)),
            "stamps",
        )


def _stretched(base: Base, stamp: bytes) -> Members:
    """The stamp over a checkpoint that another receipt carries: one with an extension line."""
    value = json.loads(base.members["receipt.json"])
    proof = evidence.parse_proof(value["proof"])
    head = evidence.parse_checkpoint(proof.note.text)
    other = evidence.Checkpoint(ORIGIN, head.size, head.root, ("a line more",))
    note = evidence.sign_checkpoint(other, [base.archives.log_key])
    text = evidence.TlogProof(proof.index, proof.hashes, note).render()
    return {"receipt.json": canonical(value | {"proof": text}), "stamps/1.tsr": stamp}


def _hex(text: str, name: str) -> bytes:
    at = text.index(f'"{name}":"') + len(name) + 4
    return (text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]).encode()


def _fraction(text: str) -> bytes:
    return text.replace('"size":0', '"size":0.0', 1).encode()
