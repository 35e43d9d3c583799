"""What is written behind a PDF as increments: an attached file, a certifying signature.

Apart from what reads and checks, for pyHanko takes half a second to load; imported by who writes.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime

from asn1crypto import cms
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.embed import EmbeddedFileObject, EmbeddedFileParams, FileSpec, embed_file
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from lantai.kit.errors import N_, Invalid


class _DataFile(FileSpec):
    """A file specification that says it is data of the document (PDF/A-3, ISO 19005-3 §6.8)."""

    def as_pdf_object(self) -> generic.DictionaryObject:
        """The dictionary, with its relationship but without raising the file to PDF 2.0."""
        made = super().as_pdf_object()
        made["/AFRelationship"] = generic.pdf_name("/Data")
        return made


def attach_json(base: bytes, name: str, data: bytes) -> bytes:
    """`base` and after it an increment with the attached file; raises Invalid when it has attachments already."""
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(base))
        if "/AF" in writer.root or "/EmbeddedFiles" in writer.root.get("/Names", {}):
            raise Invalid(N_("证明的 PDF 底稿已带有附件，没有附上存证。"))
        content = EmbeddedFileObject.from_file_data(
            writer, data, compress=False, params=EmbeddedFileParams(), mime_type="application/json"
        )
        embed_file(writer, _DataFile(name, file_name=name, embedded_data=content))
        attached = writer.root["/Names"]["/EmbeddedFiles"]["/Names"].raw_get(-1)
        writer.root["/AF"] = writer.add_object(generic.ArrayObject([attached]))
        writer.update_root()  # type: ignore[no-untyped-call]
        output = io.BytesIO()
        writer.write(output)  # type: ignore[no-untyped-call]
    except PdfError as error:
        raise Invalid(N_("证明的 PDF 底稿无法读取，没有附上存证。")) from error
    return output.getvalue()


def certify(
    pdf: bytes, field: str, content: Callable[[bytes], cms.ContentInfo], *,
    reason: str, location: str, now: datetime, hole_hex_chars: int,
) -> bytes:  # fmt: skip
    """`pdf` with a certifying signature, whose CMS `content` makes from the digest; no later change is allowed."""
    placeholder = SignatureObject(
        timestamp=now,
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
        location=location,
        bytes_reserved=hole_hex_chars,
    )
    steps = PdfCMSEmbedder().write_cms(field, IncrementalPdfFileWriter(io.BytesIO(pdf)))
    next(steps)
    locked = SigMDPSetup(md_algorithm="sha256", certify=True, docmdp_perms=MDPPerm.NO_CHANGES)
    steps.send(SigObjSetup(sig_placeholder=placeholder, mdp_setup=locked))
    prepared, output = steps.send(SigIOSetup(md_algorithm="sha256", output=io.BytesIO()))
    steps.send(content(prepared.document_digest))
    return bytes(output.getvalue())
