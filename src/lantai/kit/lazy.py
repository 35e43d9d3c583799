"""Public names of a package that come when they are asked for, so that who needs one starts without the others."""

from __future__ import annotations

from collections.abc import Callable, Collection
from importlib import import_module


def names_from(package: str, names: Collection[str], modules: Collection[str]) -> Callable[[str], object]:
    """A package's ``__getattr__``: a name out of ``names`` from the first of ``modules`` that has it.

    The lighter modules come first. Raises AttributeError for what is not public.
    """

    def find(name: str) -> object:
        for module in modules if name in names else ():
            found = import_module(module, package)
            if hasattr(found, name):
                return getattr(found, name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return find
