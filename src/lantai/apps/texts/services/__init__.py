"""Every write of this app."""

from lantai.apps.texts.services.reading import finish_package, next_files, read_files, read_now

__all__ = ["finish_package", "next_files", "read_files", "read_now"]
