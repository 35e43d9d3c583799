"""What a site tells of its own address before anybody has set one."""

from __future__ import annotations

import pytest

from lantai.site import cli, commands


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8132"),
        ("0.0.0.0", "http://127.0.0.1:8132"),
        ("::1", "http://[::1]:8132"),
    ],
)
def test_links_lead_to_the_port_that_is_served_until_a_public_address_is_set(
    monkeypatch: pytest.MonkeyPatch, host: str, address: str
) -> None:
    told: list[str] = []

    def run(_arguments: object) -> int:
        import os

        told.append(os.environ["LANTAI_PUBLIC_URL"])
        return 0

    monkeypatch.setattr(commands, "run", run)
    monkeypatch.setenv("LANTAI_PUBLIC_URL", "https://archives.example")
    cli.main(["up", "--host", host, "--port", "8132"])
    monkeypatch.setenv("LANTAI_PUBLIC_URL", "")
    cli.main(["up", "--host", host, "--port", "8132"])
    assert told == ["https://archives.example", address]
