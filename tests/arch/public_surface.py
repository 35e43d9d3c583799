"""An import-linter contract: between sibling apps only the public modules may be imported."""

from __future__ import annotations

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PublicSurface(Contract):
    """`container` holds the apps; `public` names the modules of an app that its siblings may import."""

    type_name = "public_surface"

    container = fields.StringField()
    public = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every import that leaves one app for another."""
        reaches = sorted(
            (importer, imported)
            for importer in graph.modules
            if self._app(importer)
            for imported in graph.find_modules_directly_imported_by(importer)
            if self._is_private_to_another(imported, self._app(importer))
        )
        return ContractCheck(kept=not reaches, metadata={"reaches": reaches})

    def _app(self, module: str) -> str:
        inside = module.removeprefix(f"{self.container}.")
        return "" if inside == module else inside.split(".")[0]

    def _is_private_to_another(self, module: str, app: str) -> bool:
        owner = self._app(module)
        if owner in {"", app}:
            return False
        names = module.removeprefix(f"{self.container}.{owner}").strip(".").split(".")
        return names[0] not in self.public

    def render_broken_contract(self, check: Any) -> None:
        """Say each import that must go."""
        for importer, imported in check.metadata["reaches"]:
            allowed = ", ".join(sorted(self.public))
            output.print_error(f"{importer} imports {imported}; only {allowed} of that app are public.")
