"""``lantai place``: places of copies from the machine itself; ``lantai keys split|join``: their keys in shares."""

from __future__ import annotations

import argparse
import sys

from lantai.platform.context import Channel, system_ctx


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the acts and their arguments."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    acts.add_parser("list", help="every place, how it may be used, whether it answers")
    add = acts.add_parser("add", help="enter a place whose address answers")
    add.add_argument("slug")
    add.add_argument("--org", required=True, help="code of the organisation that keeps it")
    add.add_argument("--title", required=True)
    add.add_argument("--address", required=True)
    add.add_argument("--kind", default="folder", help="folder, s3 or media")
    add.add_argument("--site", default="", help="where it stands")
    add.add_argument("--medium", default="disk", choices=("disk", "object", "tape", "optical"))
    add.add_argument("--read-order", type=int, default=50)
    add.add_argument("--offline", action="store_true")
    add.add_argument("--sealed", choices=("aes-256-gcm", "sm4-gcm"), help="encrypt what is kept there")


def configure_keys(acts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare `split` and `join` beside the keys of the log."""
    split = acts.add_parser("split", help="print the key of an encrypted place as shares, one a line")
    split.add_argument("place", help="short name of the place")
    split.add_argument("--need", type=int, default=3)
    split.add_argument("--of", type=int, default=5)
    join = acts.add_parser("join", help="bring a lost key back from shares on standard input, one a line")
    join.add_argument("place", help="short name of the place")


def run(arguments: argparse.Namespace) -> None:
    """Do the act."""
    from lantai.platform.orgs import queries as orgs
    from lantai.platform.places import services
    from lantai.platform.places.models import Place

    if arguments.act == "list":
        services.ensure_primary()
        for row in Place.objects.all():
            print(f"{row.slug}\t{row.kind}\t{row.state}\t{'away' if row.away_since else 'here'}\t{row.title}")
        return
    services.set_up_place(
        system_ctx(Channel.COMMAND),
        org_id=orgs.by_code(arguments.org).pk,
        slug=arguments.slug,
        title=arguments.title,
        kind=arguments.kind,
        address=arguments.address,
        site=arguments.site,
        medium=arguments.medium,
        read_order=arguments.read_order,
        is_offline=arguments.offline,
        is_sealed=bool(arguments.sealed),
        algorithm=arguments.sealed or "",
    )


def run_keys(arguments: argparse.Namespace) -> None:
    """Split or join the key of a place."""
    from lantai.platform.places import services

    ctx = system_ctx(Channel.COMMAND)
    if arguments.act == "split":
        for line in services.split_key(ctx, slug=arguments.place, need=arguments.need, of=arguments.of):
            print(line)
        return
    services.join_key(
        ctx, slug=arguments.place, lines=[line for line in sys.stdin.read().splitlines() if line.strip()]
    )
