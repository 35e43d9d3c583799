"""Catalogues in by the sheet and out in every format."""
