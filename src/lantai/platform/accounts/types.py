"""Roles, what they reach, and what accounts refuse."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lantai.kit.errors import N_, Denied, Invalid, Refusal


class Reach(StrEnum):
    """Which organisations an assignment covers besides the one it is made at."""

    OWN = "own"  # only that organisation
    SERVED = "served"  # an archives and the agencies that transfer to it
    BELOW = "below"  # the whole subtree of a region or bureau


class Officer(StrEnum):
    """The three officers (三员) of GB/T 22239-2019 level 3; one person holds one of them at most, and nothing else."""

    SYSTEM = "system"
    SECURITY = "security"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A named set of permissions; roles are code, assignments are rows."""

    slug: str
    label: str
    permissions: frozenset[str]
    reach: Reach = Reach.OWN
    officer: Officer | None = None
    org_kinds: frozenset[str] = frozenset()
    hint: str = ""


class RolesCollide(Refusal):
    """System, security and audit officers are different people (三员分立)."""

    message = N_("“%(new)s”不能与“%(held)s”由同一人担任（三员分立）。请先收回原有角色，或指定另一人。")


class RoleNotHere(Invalid):
    """The role does not exist at that kind of organisation."""

    message = N_("“%(role)s”不能在“%(org)s”任职，因为该机构类型不设此角色。")


class UsernameTaken(Invalid):
    """Another account has that name."""

    message = N_("用户名“%(username)s”已有人使用，请换一个。")


class NoSelfGrant(Denied):
    """Nobody changes their own rights."""

    message = N_("不能为自己授予或收回角色。请由另一位安全管理员办理。")


class NotPermitted(Denied):
    """The actor lacks the permission at that organisation."""

    message = N_("您在该机构没有办理此事的权限（%(permission)s）。如确需办理，请向本机构的安全管理员申请。")


class SignInFirst(Denied):
    """Nobody is signed in."""

    status = 401
    message = N_("请先登录。")
