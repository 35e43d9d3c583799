"""The command ``lantai``: set up, serve, work, check."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TypeAlias

from lantai.kit.errors import LantaiError
from lantai.site import backups, config, ferry_command, keys_command, log_command, places_command

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; refusals become one line on standard error and exit code 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lantai.site.settings")
    arguments = _parser().parse_args(argv)
    if hasattr(arguments, "port") and not config.text("public_url"):
        os.environ["LANTAI_PUBLIC_URL"] = served_at(arguments.host, arguments.port)
    from lantai.site import commands

    try:
        return commands.run(arguments)
    except LantaiError as refusal:
        print(f"lantai: {refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def served_at(host: str, port: int) -> str:
    """Where links and QR codes lead while the settings name no public address: to what this command serves."""
    name = "127.0.0.1" if host in {"", "0.0.0.0", "::"} else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lantai", description="Lantai 兰台: digital archives for a region.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    up = commands.add_parser(
        "up", help="start the database if it is ours, migrate, work and serve, all in one"
    )
    web = commands.add_parser("web", help="serve the site")
    for serving in (up, web):
        serving.add_argument("--host", default="127.0.0.1")
        serving.add_argument("--port", type=int, default=8000)
        serving.add_argument("--workers", type=int, default=1)
    work = commands.add_parser("work", help="do the jobs")
    work.add_argument("--concurrency", type=int, default=2)
    work.add_argument("--until-idle", action="store_true", help="end when no job is left")
    demo = commands.add_parser("demo", help="make a made-up region, run the whole path, then serve")
    demo.add_argument("--no-serve", action="store_true", help="end instead of serving")
    demo.add_argument("--documents", type=int, default=1000)
    demo.add_argument("--host", default="127.0.0.1")
    demo.add_argument("--port", type=int, default=8000)
    commands.add_parser("migrate", help="bring the database to this version")
    check = commands.add_parser("check", help="check settings, database, log and store")
    check.add_argument("--deploy", action="store_true", help="refuse what is unfit for production")
    check.add_argument("--deep", action="store_true", help="compare rows, objects and log; reads all content")
    check.add_argument(
        "--every", type=int, default=1, metavar="N", help="with --deep: read the content of every N-th object"
    )
    _org_parser(commands.add_parser("org", help="found organisations"))
    _user_parser(commands.add_parser("user", help="open accounts, set passwords"))
    places_command.configure(commands.add_parser("place", help="places where copies are kept"))
    keys_command.configure(commands.add_parser("keys", help="list, rotate, revoke the keys of the log"))
    log_command.configure(
        commands.add_parser("log", help="keep the published log as files, take back what a database lost")
    )
    ferry_command.configure(commands.add_parser("ferry", help="messages of witnesses as signed files"))
    _package_parsers(commands)
    commands.add_parser("journal", help="write acts since the last minutes beside the sealed objects")
    _rebuild_parser(
        commands.add_parser("rebuild", help="rebuild an empty database from the storage root alone")
    )
    commands.add_parser("rotate-person-keys", help="seal persons' identity numbers anew under a new key")
    backups.add_parsers(commands)
    commands.add_parser("down", help="stop the embedded database")
    django = commands.add_parser("django", help="run a Django management command")
    django.add_argument("rest", nargs=argparse.REMAINDER)
    return parser


def _rebuild_parser(rebuild: argparse.ArgumentParser) -> None:
    rebuild.add_argument(
        "--from",
        dest="source",
        required=True,
        action="append",
        help="the OCFL storage root; with --bring a place of copies, or several, one after the other",
    )
    rebuild.add_argument(
        "--bring",
        action="store_true",
        help="first bring objects and journal from there into the storage root",
    )
    backups.add_key_arguments(rebuild)


def _package_parsers(commands: Commands) -> None:
    intake = commands.add_parser(
        "intake", help="take in the folder of an offline carrier, in any layout that is read"
    )
    intake.add_argument("path")
    intake.add_argument("--agency", required=True, help="code of the transferring agency")
    intake.add_argument("--carrier", default="", help="number of the carrier in the register of the archives")
    intake.add_argument("--as", dest="username", required=True, help="account that takes it in")
    test = commands.add_parser("test-package", help="test a sealed package on some occasion")
    test.add_argument("object_id")
    test.add_argument("--occasion", required=True, choices=("restore", "migration", "export"))
    test.add_argument("--as", dest="username", required=True, help="account that has it tested")


def _org_parser(org: argparse.ArgumentParser) -> None:
    acts = org.add_subparsers(dest="act", required=True, metavar="ACT")
    add = acts.add_parser("add", help="found an organisation")
    add.add_argument("code")
    add.add_argument("--name", required=True)
    add.add_argument(
        "--kind", required=True, choices=("region", "bureau", "archives", "agency", "contractor")
    )
    add.add_argument("--parent", help="code of the organisation above it")
    add.add_argument("--archives", help="code of the archives that an agency transfers to")
    acts.add_parser("list", help="list organisations")


def _user_parser(user: argparse.ArgumentParser) -> None:
    acts = user.add_subparsers(dest="act", required=True, metavar="ACT")
    add = acts.add_parser("add", help="open an account with a role at an organisation")
    add.add_argument("username")
    add.add_argument("--name", required=True)
    add.add_argument("--org", required=True, help="code of the organisation")
    add.add_argument("--role", required=True)
    password = acts.add_parser("password", help="set a password, read from standard input")
    password.add_argument("username")
    acts.add_parser("list", help="list accounts")


if __name__ == "__main__":
    sys.exit(main())
