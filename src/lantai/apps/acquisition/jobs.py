"""Long acts of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.acquisition import services
from lantai.apps.acquisition.types import SealCase, SealSession
from lantai.kit.errors import N_
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running


@handles(SealCase, label=_("征集电子件入藏"))
def seal_case(run: Running, args: SealCase) -> None:
    """Open and scan file by file, then seal and describe in one step; safe to run again from anywhere."""
    for file in services.files_to_survey(args.acquisition_id):
        with run.advance(to=f"surveyed:{file.pk}"):
            services.survey(file)
    if run.cursor == "sealed":
        return
    with run.advance(to="sealed"):
        package = services.seal_case(run.ctx, acquisition_id=args.acquisition_id, shelving=args)
        run.say(
            N_("已入藏 %(items)d 件，%(files)d 个文件。"), items=package.item_count, files=package.file_count
        )


@handles(SealSession, label=_("录制入藏"))
def seal_session(run: Running, args: SealSession) -> None:
    """As `seal_case`, for one recording."""
    for file in services.recordings_to_survey(args.voice_session_id):
        with run.advance(to=f"surveyed:{file.pk}"):
            services.survey(file)
    if run.cursor == "sealed":
        return
    with run.advance(to="sealed"):
        package = services.accept_session(run.ctx, voice_session_id=args.voice_session_id, shelving=args)
        run.say(N_("已入藏 %(files)d 个文件。"), files=package.file_count)
