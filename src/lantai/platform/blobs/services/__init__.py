"""Content: stage it, read it, give it up; receive it from a browser; remove what nobody uses."""

from lantai.platform.blobs.services.content import (
    discard,
    exists,
    local_path,
    open_blob,
    pin,
    put_file,
    read_range,
    size_of,
    stage,
)
from lantai.platform.blobs.services.sweeping import sweep, sweep_now
from lantai.platform.blobs.services.uploads import (
    append_to_upload,
    cancel_upload,
    create_upload,
    take_upload,
    take_uploads,
)

__all__ = [
    "append_to_upload",
    "cancel_upload",
    "create_upload",
    "discard",
    "exists",
    "local_path",
    "open_blob",
    "pin",
    "put_file",
    "read_range",
    "size_of",
    "stage",
    "sweep",
    "sweep_now",
    "take_upload",
    "take_uploads",
]
