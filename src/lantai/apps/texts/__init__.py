"""The text of sealed files, page by page."""
