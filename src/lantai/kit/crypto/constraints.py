"""Name constraints: for which names an authority may issue certificates (RFC 5280 §4.2.1.10, §6.1.3 b and c)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import NameOID

from lantai.kit.crypto.certificates import read_certificate

_IPS = (IPv4Address, IPv6Address)
_NETWORKS = (IPv4Network, IPv6Network)


class Fit(StrEnum):
    """Whether the names of a certificate are among those that its authorities may certify."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"  # a constraint on a sort of name that we cannot compare


def fit_of(path: Sequence[bytes]) -> tuple[Fit, bytes]:
    """Whether every certificate of `path` (signer first, anchor last) keeps to the constraints above it.

    With OUTSIDE and UNKNOWN comes the certificate that it is about. An authority's renewal of its own key is
    exempt, unless it is the signer (§6.1.3 b). Bad input has been refused by `read_certificate` before.
    """
    unknown = b""
    for height, authority in enumerate(path):
        bounds = constraints_of(authority)
        for depth, der in enumerate(path[:height] if bounds else ()):
            one = read_certificate(der)
            if depth and one.subject == one.issuer:
                continue
            fits = [_fit(name, bounds) for name in _names(one)] if bounds else []
            if Fit.OUTSIDE in fits:
                return Fit.OUTSIDE, der
            unknown = unknown or (der if Fit.UNKNOWN in fits else b"")
    return (Fit.UNKNOWN, unknown) if unknown else (Fit.INSIDE, b"")


def constraints_of(der: bytes) -> x509.NameConstraints | None:
    """The constraints that an authority's certificate carries, if any."""
    try:
        return read_certificate(der).extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return None


def _names(one: x509.Certificate) -> Iterable[x509.GeneralName]:
    """The subject, the alternative names, and an address in the subject that no alternative name repeats."""
    if len(one.subject.rdns):
        yield x509.DirectoryName(one.subject)
    try:
        others = list(one.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        others = []
    yield from others
    if not any(isinstance(other, x509.RFC822Name) for other in others):
        for mail in one.subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS):
            text = str(mail.value)
            yield x509.RFC822Name(text if text.isascii() else "@")


def _fit(name: x509.GeneralName, bounds: x509.NameConstraints) -> Fit:
    permitted = [one for one in bounds.permitted_subtrees or () if type(one) is type(name)]
    excluded = [one for one in bounds.excluded_subtrees or () if type(one) is type(name)]
    if not permitted and not excluded:
        return Fit.INSIDE
    if not isinstance(name, _COMPARED):
        return Fit.UNKNOWN
    if any(_is_below(name, tree) for tree in excluded):
        return Fit.OUTSIDE
    return Fit.INSIDE if not permitted or any(_is_below(name, tree) for tree in permitted) else Fit.OUTSIDE


_COMPARED = (
    x509.DirectoryName,
    x509.RFC822Name,
    x509.DNSName,
    x509.UniformResourceIdentifier,
    x509.IPAddress,
)


def _is_below(name: x509.GeneralName, tree: x509.GeneralName) -> bool:
    match name, tree:
        case x509.DirectoryName(), x509.DirectoryName():
            wanted = _canonical(tree.value)
            return _canonical(name.value)[: len(wanted)] == wanted
        case x509.RFC822Name(), x509.RFC822Name():
            return _is_mail_below(name.value, tree.value)
        case x509.DNSName(), x509.DNSName():
            return _is_host_below(name.value, tree.value.lstrip("."))
        case x509.UniformResourceIdentifier(), x509.UniformResourceIdentifier():
            host = _host(name.value)
            if tree.value.startswith("."):
                return host.endswith(tree.value.casefold())
            return host == tree.value.casefold()
        case x509.IPAddress(), x509.IPAddress():
            return _is_address_below(name.value, tree.value)
    return False


def _canonical(name: x509.Name) -> list[frozenset[tuple[str, str]]]:
    """A name as it is compared (§7.1): without differences of case, width and spacing."""
    return [frozenset((one.oid.dotted_string, _folded(str(one.value))) for one in rdn) for rdn in name.rdns]


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _is_mail_below(mail: str, tree: str) -> bool:
    """A whole address, all of a host, or (with a leading dot) all hosts of a domain."""
    local, _, host = mail.rpartition("@")
    host = host.casefold()
    if "@" in tree:
        tree_local, _, tree_host = tree.rpartition("@")
        return (local, host) == (tree_local, tree_host.casefold())
    return host.endswith(tree.casefold()) if tree.startswith(".") else host == tree.casefold()


def _is_host_below(host: str, tree: str) -> bool:
    host, tree = host.casefold(), tree.casefold()
    return not tree or host == tree or host.endswith("." + tree)


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").casefold()
    except ValueError:
        return ""


def _is_address_below(address: object, tree: object) -> bool:
    if isinstance(address, _IPS) and isinstance(tree, _NETWORKS) and address.version == tree.version:
        return address in tree
    return False
