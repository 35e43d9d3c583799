"""Keys as PEM, and private keys as files that only their owner can read."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from asn1crypto import core, keys, pem

from lantai.kit.crypto import pyca, sm2
from lantai.kit.crypto.keys import PublicKey, SigningKey, UnknownKey
from lantai.kit.errors import N_, Refusal

MAX_KEY_BYTES = 16 * 1024
ALGORITHMS = ("ed25519", "sm2", "p256")

_SM2_CURVE = "1.2.156.10197.1.301"


class KeyFileExposed(Refusal):
    """Somebody else may have read the private key."""

    message = N_(
        "私钥文件“%(path)s”可被其他用户读取，没有使用。请改为仅所有者可读写（0600），并考虑更换密钥。"
    )


class KeyFileExists(Refusal):
    """A private key is never overwritten."""

    message = N_("密钥文件“%(path)s”已经存在，没有覆盖。请换一个文件名。")


def generate(algorithm: str) -> SigningKey:
    """A new key of `ed25519`, `sm2` or `p256`; raises UnknownKey for another name."""
    if algorithm == "ed25519":
        return pyca.generate_ed25519()
    if algorithm == "sm2":
        return sm2.generate_sm2()
    if algorithm == "p256":
        return pyca.generate_p256()
    raise UnknownKey()


def private_pem(key: SigningKey) -> bytes:
    """PKCS#8 PEM, as the `openssl` command writes it; unencrypted."""
    return _armored("PRIVATE KEY", key.der())


def public_pem(public: PublicKey) -> bytes:
    """SubjectPublicKeyInfo PEM, as the `openssl` command writes it."""
    return _armored("PUBLIC KEY", public.der())


def load_private_pem(text: bytes) -> SigningKey:
    """The key in a PKCS#8 PEM; raises UnknownKey."""
    der = _unarmored("PRIVATE KEY", text)
    if _curve(keys.PrivateKeyInfo, "private_key_algorithm", der) == _SM2_CURVE:
        return sm2.Sm2Key.from_der(der)
    return pyca.private_from_der(der)


def load_public_pem(text: bytes) -> PublicKey:
    """The key in a SubjectPublicKeyInfo PEM; raises UnknownKey."""
    der = _unarmored("PUBLIC KEY", text)
    if _curve(keys.PublicKeyInfo, "algorithm", der) == _SM2_CURVE:
        return sm2.Sm2Public.from_der(der)
    return pyca.public_from_der(der)


def save_private(path: Path, key: SigningKey) -> None:
    """Write the private key with mode 0600, whole or not at all; raises KeyFileExists."""
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(private_pem(key))
            stream.flush()
            os.fsync(stream.fileno())
        # A link, unlike a rename, never takes the place of a key that is there already.
        os.link(unfinished, path)
    except FileExistsError as error:
        raise KeyFileExists(path=str(path)) from error
    finally:
        unfinished.unlink()
    _sync_folder(path.parent)


def load_private(path: Path) -> SigningKey:
    """The key in a file; raises KeyFileExposed when others can read it, UnknownKey, or OSError."""
    with path.open("rb") as stream:
        if stat.S_IMODE(os.fstat(stream.fileno()).st_mode) & 0o077:
            raise KeyFileExposed(path=str(path))
        return load_private_pem(stream.read(MAX_KEY_BYTES))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _armored(label: str, der: bytes) -> bytes:
    armored: bytes = pem.armor(label, der)
    return armored


def _unarmored(label: str, text: bytes) -> bytes:
    try:
        found, _, der = pem.unarmor(text)
    except (ValueError, TypeError) as error:
        raise UnknownKey() from error
    if found != label:
        raise UnknownKey()
    return bytes(der)


def _curve(kind: type[core.Sequence], algorithm_field: str, der: bytes) -> str:
    """Dotted OID of the named curve of a key, empty when it has none."""
    try:
        algorithm = kind.load(der, strict=True)[algorithm_field]
        if algorithm["algorithm"].native != "ec":
            return ""
        return str(algorithm["parameters"].chosen.dotted)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnknownKey() from error
