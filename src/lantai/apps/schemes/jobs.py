"""Long acts of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.schemes import services
from lantai.apps.schemes.models import Preview
from lantai.apps.schemes.services.previewing import test_both
from lantai.apps.schemes.types import PreviewScheme
from lantai.kit.errors import N_
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running


@handles(PreviewScheme, queue="default", label=_("试用检测方案"))
def preview_scheme(run: Running, args: PreviewScheme) -> None:
    """One step: killed in between it simply tests again."""
    preview = Preview.objects.select_related("version__archives").get(pk=args.preview_id)
    if run.cursor:
        return
    run.set_total(1)
    found = test_both(run.ctx, preview)
    with run.advance(to="done", done=1):
        services.keep_preview(run.ctx, preview_id=preview.pk, found=found)
    run.say(N_("试检完成，可以比较两份报告。"))
