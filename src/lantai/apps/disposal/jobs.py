"""Long acts of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.disposal import queries, services
from lantai.apps.disposal.types import DestroyList
from lantai.kit.errors import N_
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running


@handles(DestroyList, queue="default", label=_("执行销毁"))
def destroy_list(run: Running, args: DestroyList) -> None:
    """One package a step: its object is rewritten whole or not at all, and its rows go with the cursor."""
    packages = queries.packages_of(args.list_id)
    run.set_total(len(packages))
    items = 0
    for package_id in packages:
        if package_id <= int(run.cursor or 0):
            continue
        with run.advance(to=str(package_id)):
            items += services.destroy_part(run.ctx, list_id=args.list_id, package_id=package_id)
    services.finish(run.ctx, list_id=args.list_id)
    run.say(N_("已销毁 %(items)d 件，涉及 %(packages)d 个信息包。"), items=items, packages=len(packages))
