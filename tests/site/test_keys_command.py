"""`lantai keys` at the command line of the machine."""

from __future__ import annotations

import argparse

import pytest

from lantai.kit.errors import Invalid
from lantai.platform.context import Channel, system_ctx
from lantai.platform.ledger import queries, services
from lantai.site import cli, keys_command

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]


def _run(*words: str) -> None:
    parser = argparse.ArgumentParser()
    keys_command.configure(parser)
    keys_command.run(parser.parse_args(words))


def test_the_list_shows_every_key_with_its_term(
    capsys: pytest.CaptureFixture[str], django_capture_on_commit_callbacks
) -> None:
    services.introduce_keys(system_ctx(Channel.COMMAND))
    with django_capture_on_commit_callbacks(execute=True):
        _run("rotate", "sm2")
    capsys.readouterr()
    _run("list")
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [(row[1], row[-1]) for row in rows] == [("ed25519", ""), ("sm2", "rotated"), ("sm2", "")]


def test_a_key_is_revoked_by_its_number_from_a_moment_with_its_zone(
    capsys: pytest.CaptureFixture[str], django_capture_on_commit_callbacks
) -> None:
    services.introduce_keys(system_ctx(Channel.COMMAND))
    number = queries.key_history().in_force()[0].key_id.hex()
    asked = ("revoke", number, "--reason", "compromised", "--since")
    for wrong in ("yesterday", "2026-03-02T09:00:00"):
        with pytest.raises(Invalid):
            _run(*asked, wrong)
    with django_capture_on_commit_callbacks(execute=True):
        _run(*asked, "2026-03-02T09:00:00+08:00")
    (row,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith(number)]
    assert row.endswith("compromised")
    term = queries.key_history().terms[0]
    assert f"{term.since:%Y-%m-%dT%H:%MZ}" == "2026-03-02T01:00Z"


def test_the_command_is_one_of_lantai() -> None:
    found = cli._parser().parse_args(["keys", "rotate", "ed25519"])
    assert (found.command, found.act, found.algorithm) == ("keys", "rotate", "ed25519")
