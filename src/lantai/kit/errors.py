"""The three ways in which something can go wrong, and how it is said.

A message is written once, in Chinese, with named ``%(name)s`` places; that text is also the
message id under which its translation is looked up at the edge (page, API or command line).
"""

from __future__ import annotations

from collections.abc import Mapping


def N_(text: str) -> str:
    """Mark ``text`` for translation without translating it here."""
    return text


def plain(params: Mapping[str, object]) -> dict[str, str | int]:
    """The parameters of a message as JSON keeps them: numbers stay numbers, since `%(n)d` takes nothing else."""
    return {name: value if isinstance(value, int) else str(value) for name, value in params.items()}


class LantaiError(Exception):
    """Root of every error raised on purpose."""

    message: str = ""

    def __init__(self, message: str = "", /, **params: object) -> None:
        self.message = message or type(self).message
        self.params: Mapping[str, object] = params
        super().__init__(self.message, params)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class Refusal(LantaiError):
    """The person asking can do something about it; ``message`` says what.

    Subclass it with a name that says what was refused, for example ``FondsCodeTaken``.
    """

    status = 409


class Invalid(Refusal):
    """The input itself is wrong; ``field`` names the place when there is one."""

    status = 422

    def __init__(self, message: str = "", /, *, field: str = "", **params: object) -> None:
        super().__init__(message, **params)
        self.field = field


class Denied(Refusal):
    """The actor may see the row but not do this with it."""

    status = 403


class Missing(LantaiError):
    """There is no such row, or the actor may not know that there is."""

    status = 404
    message = N_("没有找到这条记录，或者您没有查看它的权限。")


class Fault(LantaiError):
    """Ours: the work stops, keeps its cursor and is seen by staff."""

    status = 500
