"""The state of a list as its address: every filter, sort and page is a plain link."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, QueryDict

PLACE = ("after", "before")
NOT_KEPT = (*PLACE, "export", "print", "view")


class Address:
    """Path and parameters of the list being looked at."""

    def __init__(self, path: str, data: QueryDict) -> None:
        self.path = path
        self.data = QueryDict(mutable=True)
        for name, values in data.lists():
            # PostgreSQL holds no NUL; nobody types one.
            self.data.setlist(name, [value.replace("\x00", "") for value in values])

    @classmethod
    def of(cls, request: HttpRequest) -> Address:
        """The address of ``request``."""
        return cls(request.path, request.GET)

    @property
    def query(self) -> str:
        """The parameters that say what is looked at, without the place in it."""
        return self._changed({}, drop=NOT_KEPT).urlencode()

    def link(self, **changes: str) -> str:
        """The same list with other parameters ("" drops one); a change starts at the first page."""
        return self._url(self._changed(changes, drop=NOT_KEPT))

    def without(self, removes: Iterable[tuple[str, str]]) -> str:
        """The same list without some conditions."""
        data = self._changed({}, drop=NOT_KEPT)
        for name, value in removes:
            data.setlist(name, [kept for kept in data.getlist(name) if kept != value])
        return self._url(data)

    def bare(self, keep: Iterable[str] = ("sort", "columns")) -> str:
        """The list without any condition."""
        data = QueryDict(mutable=True)
        for name in keep:
            if name in self.data:
                data[name] = self.data[name]
        return self._url(data)

    def kept(self, *but: str) -> list[tuple[str, str]]:
        """Parameters a form must carry along, without those it sets itself."""
        left_out = {*NOT_KEPT, *but}
        return [(n, v) for n, values in self.data.lists() for v in values if n not in left_out and v]

    def _changed(self, changes: dict[str, str], *, drop: Iterable[str]) -> QueryDict:
        data = self.data.copy()
        for name in drop:
            data.pop(name, None)
        for name, value in changes.items():
            if value:
                data[name] = value
            else:
                data.pop(name, None)
        return data

    def _url(self, data: QueryDict) -> str:
        query = data.urlencode()
        return f"{self.path}?{query}" if query else self.path
