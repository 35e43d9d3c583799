"""Pictures of a page before and after, drawn in the sandbox."""

from __future__ import annotations

from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path

from lantai.apps.custody import queries as custody
from lantai.apps.migration import queries
from lantai.apps.migration.types import ItemState
from lantai.kit.errors import Missing
from lantai.platform.accounts import policy
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.sandbox import services as sandbox

_RENDER = "lantai.kit.formats.render:render_page"
_FONT = files("lantai.platform.documents").joinpath("fonts", "LantaiSans-Regular.ttf")
_WIDTH_PX = 700


def page_image(ctx: Ctx, *, item_id: int, side: str) -> bytes:
    """The first page of a sample as PNG, ``before`` or ``after``; raises ``Missing`` and what the renderer refuses."""
    item = queries.get_item(ctx, item_id)
    if not item.is_sample or item.file is None:
        raise Missing
    with ExitStack() as opened:
        if side == "before":
            path = custody.path_of(item.file)
        elif side == "after" and item.state == ItemState.MADE:
            path = opened.enter_context(blobs.local_path(item.made[0]["key"]))
        elif side == "after" and item.state == ItemState.ADDED:
            path = custody.path_of(
                policy.one(custody.content_files(item.package_id), logical_path=item.made[0]["path"])
            )
        else:
            raise Missing
        found = sandbox.call(_RENDER, path=path, page=1, width_px=_WIDTH_PX, font_file=Path(str(_FONT)))
    return bytes(found)  # type: ignore[arg-type]
