"""The command line, as a person or a script uses it."""

from __future__ import annotations

import json
import stat
import subprocess
import sys

import pytest

from lantai.kit import cli, crypto, evidence
from tests.kit.evidence import issuing

STATEMENT = {"kind": "receipt", "title": "样例移交批次"}


@pytest.fixture(scope="module")
def archives():
    return issuing.Archives()


@pytest.fixture
def folder(archives, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trust.txt").write_text(archives.trust().render(), encoding="utf-8")
    receipt = archives.receipt(STATEMENT)
    (tmp_path / "good.json").write_bytes(receipt)
    (tmp_path / "bad.json").write_bytes(receipt.replace("样例移交".encode(), "样列移交".encode()))
    return tmp_path


def test_a_good_receipt_is_said_to_be_valid(folder, capsys):
    assert cli.main(["verify", "good.json", "--trust", "trust.txt"]) == 0
    out = capsys.readouterr().out
    assert "有效：good.json（回执）" in out
    assert "statement.title: 样例移交批次" in out
    assert "✗" not in out


def test_a_changed_receipt_is_said_to_be_invalid_and_its_content_is_not_repeated(folder, capsys):
    assert cli.main(["verify", "good.json", "bad.json", "--trust", "trust.txt"]) == 1
    out = capsys.readouterr().out
    assert "无效：bad.json" in out
    assert "样列" not in out


def test_programs_read_one_json_object_a_file(folder, capsys):
    assert cli.main(["verify", "good.json", "bad.json", "--trust", "trust.txt", "--json"]) == 1
    good, bad = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (good["ok"], good["kind"], good["facts"]["statement.title"]) == (True, "receipt", "样例移交批次")
    assert not bad["ok"]
    assert "facts" not in bad
    assert [check["name"] for check in bad["checks"] if not check["ok"]] == ["statement"]


@pytest.mark.parametrize(
    "words",
    [
        ["verify", "good.json"],
        ["verify", "good.json", "--trust", "missing.txt"],
        ["verify", "missing.json", "--trust", "trust.txt"],
        ["verify", "good.json", "--trust", "good.json"],
        ["verify"],
        ["nothing"],
        [],
        ["digest", "missing"],
    ],
)
def test_what_cannot_be_carried_out_ends_with_two_and_a_sentence(folder, capsys, words):
    try:
        code = cli.main(words)
    except SystemExit as ended:
        code = ended.code
    assert code == 2
    err = capsys.readouterr().err
    assert err.strip()
    assert "Traceback" not in err


def test_help_names_every_command_in_chinese(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    for command in cli.COMMANDS:
        assert command.name in out
        assert command.summary in out


@pytest.mark.parametrize("command", [command.name for command in cli.COMMANDS])
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    assert command in capsys.readouterr().out


def test_the_language_may_stand_anywhere():
    assert cli._language(["--lang", "en", "verify"]) == "en"
    assert cli._language(["verify", "x", "--lang=en"]) == "en"
    assert cli._language(["verify", "en"]) == "zh"
    assert cli._language(["--lang"]) == "zh"


def test_messages_are_translated_where_a_catalogue_is_present(tmp_path, monkeypatch, folder, capsys):
    monkeypatch.setattr(cli, "_LOCALE", tmp_path)
    catalogue = tmp_path / "en" / "LC_MESSAGES" / "django.mo"
    catalogue.parent.mkdir(parents=True)
    source, target = "有效：%(path)s（%(kind)s）".encode(), b"Valid: %(path)s (%(kind)s)"
    header = b"Content-Type: text/plain; charset=UTF-8\n"
    catalogue.write_bytes(compiled({b"": header, source: target}))
    assert cli.main(["verify", "good.json", "--trust", "trust.txt", "--lang", "en"]) == 0
    assert "Valid: good.json" in capsys.readouterr().out


def compiled(messages):
    """A gettext catalogue, as msgfmt writes it."""
    rows, ids, texts = sorted(messages.items()), b"", b""
    start = 28 + 16 * len(rows)
    size = sum(len(key) + 1 for key in messages)
    first, second = [], []
    for key, text in rows:
        first += [len(key), start + len(ids)]
        second += [len(text), start + size + len(texts)]
        ids, texts = ids + key + b"\0", texts + text + b"\0"
    head = [0x950412DE, 0, len(rows), 28, 28 + 8 * len(rows), 0, 0]
    return b"".join(n.to_bytes(4, "little") for n in [*head, *first, *second]) + ids + texts


def test_names_from_foreign_files_cannot_steer_the_terminal(folder, capsys):
    (folder / "\x1b[2Jx.json").write_bytes(b"{}")
    cli.main(["verify", "\x1b[2Jx.json", "--trust", "trust.txt"])
    captured = capsys.readouterr()
    assert "\x1b" not in captured.out + captured.err


def test_chinese_spacing_is_left_alone():
    assert cli.printable("样例　档案馆\u202e\n") == "样例　档案馆??"


def test_digests_are_printed_for_files_and_folders(folder, capsys):
    (folder / "sub").mkdir()
    (folder / "sub" / "abc").write_bytes(b"abc")
    (folder / "sub" / "link").symlink_to("abc")
    assert cli.main(["digest", "sub"]) == 0
    captured = capsys.readouterr()
    assert "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0" in captured.out
    assert "sub/link" in captured.err
    assert cli.main(["digest", "sub/abc", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["size_bytes"] == 3
    assert cli.main(["digest", "sub", "--manifest", "sm3"]) == 0
    assert capsys.readouterr().out.endswith("  sub/abc\n")


@pytest.mark.parametrize("algorithm", ["ed25519", "sm2"])
def test_a_generated_key_can_be_used_and_published(folder, capsys, algorithm):
    assert cli.main(["keygen", "log.pem", "--algorithm", algorithm, "--name", "a.example/log"]) == 0
    published = evidence.parse_verifier_key(capsys.readouterr().out.splitlines()[-1])
    key = crypto.load_private(folder / "log.pem")
    assert published.public.raw == key.public.raw
    assert stat.S_IMODE((folder / "log.pem").stat().st_mode) == 0o600
    assert cli.main(["keygen", "log.pem"]) == 2
    assert "没有覆盖" in capsys.readouterr().err


def test_a_name_that_cannot_stand_in_a_trust_file_leaves_no_key_behind(folder):
    assert cli.main(["keygen", "log.pem", "--name", "two words"]) == 2
    assert not (folder / "log.pem").exists()


def test_the_program_starts_without_loading_what_it_does_not_use():
    code = (
        "import sys; from lantai.kit import cli; cli.main(['digest', sys.argv[1]]);"
        "print(sorted(m for m in ('pyhanko', 'pikepdf', 'django', 'lxml') if m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, __file__],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stdout.splitlines()[-1] == "[]"
