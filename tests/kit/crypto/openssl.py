"""The openssl command as a peer: an authority of its own, a time-stamping authority, and a verifier."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="the openssl command is not installed")
DIST_ID = "distid:1234567812345678"

_NEW_KEY = {
    "sm2-sm3": ["genpkey", "-algorithm", "SM2"],
    "rsa-sha256": ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "ecdsa-sha256": ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
}
_CONFIG = """
[req]
distinguished_name = dn
string_mask = utf8only
[dn]
[ca]
default_ca = own
[own]
database = index.txt
serial = serial
crlnumber = crlnumber
new_certs_dir = .
default_md = {digest}
default_days = 3650
default_crl_days = 3650
policy = any
unique_subject = no
[any]
commonName = supplied
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature, nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[stamper]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[responder]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = ignored
[tsa]
default_tsa = stamps
[stamps]
dir = .
serial = ./tsa-serial
crypto_device = builtin
default_policy = 1.2.3.4.1
digests = sha1, sha256, sha384, sha512, sm3
accuracy = secs:1
signer_digest = {signer_digest}
"""


def openssl(*words: object, cwd: Path | None = None) -> bytes:
    """What the command says; fails the test when it does."""
    done = subprocess.run([OPENSSL, *map(str, words)], cwd=cwd, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-500:]
    return done.stdout


@dataclass(frozen=True)
class Authority:
    """A folder in which `openssl ca` works."""

    folder: Path
    algorithm: str

    @property
    def _digest(self) -> list[str]:
        return ["-sm3"] if self.algorithm == "sm2-sm3" else ["-sha256"]

    @property
    def _id(self) -> list[str]:
        return ["-sigopt", DIST_ID] if self.algorithm == "sm2-sm3" else []

    @property
    def certificate(self) -> bytes:
        return self.der("root")

    def der(self, name: str) -> bytes:
        return openssl("x509", "-in", f"{name}.pem", "-outform", "DER", cwd=self.folder)

    def issue(self, name: str, section: str = "signer") -> bytes:
        """The certificate (DER) of a new key, both kept in the folder under `name`."""
        at = {"cwd": self.folder}
        openssl(*_NEW_KEY[self.algorithm], "-out", f"{name}.key", **at)
        asked = ["req", "-new", "-config", "conf", "-key", f"{name}.key", "-subj", f"/CN={name}"]
        openssl(*asked, *self._digest, *self._id, "-out", f"{name}.csr", **at)
        made = ["ca", "-batch", "-config", "conf", "-notext", "-extensions", section, "-in", f"{name}.csr"]
        # A request that is signed with an identity is verified with it.
        vfy = ["-vfyopt", DIST_ID] if self._id else []
        signed = [*made, *self._id, *vfy, "-keyfile", "root.key", "-cert", "root.pem", "-out", f"{name}.pem"]
        openssl(*signed, **at)
        return self.der(name)

    def revoke(self, name: str) -> None:
        keys = ["-keyfile", "root.key", "-cert", "root.pem"]
        openssl("ca", "-config", "conf", *keys, "-revoke", f"{name}.pem", cwd=self.folder)

    def crl(self) -> bytes:
        keys = ["-keyfile", "root.key", "-cert", "root.pem"]
        openssl("ca", "-config", "conf", *keys, *self._id, "-gencrl", "-out", "list.pem", cwd=self.folder)
        return openssl("crl", "-in", "list.pem", "-outform", "DER", cwd=self.folder)

    def answer(self, request: bytes, signer: str = "responder") -> bytes:
        """What `openssl ocsp` answers about certificates of this authority, for a week."""
        (self.folder / "asked.ocsp").write_bytes(request)
        keys = ["-CA", "root.pem", "-rsigner", f"{signer}.pem", "-rkey", f"{signer}.key"]
        words = [
            "-index",
            "index.txt",
            "-reqin",
            "asked.ocsp",
            "-respout",
            "answer.ocsp",
            "-ndays",
            7,
            "-noverify",
        ]
        openssl("ocsp", *keys, *words, cwd=self.folder)
        return (self.folder / "answer.ocsp").read_bytes()

    def sign(self, name: str, content: bytes) -> bytes:
        (self.folder / "content").write_bytes(content)
        words = ["-sign", f"{name}.key", "-out", "signature"]
        openssl("dgst", *self._digest, *self._id, *words, "content", cwd=self.folder)
        return (self.folder / "signature").read_bytes()

    def stamp(self, request: bytes, name: str = "stamper") -> bytes:
        """What `openssl ts -reply` answers."""
        (self.folder / "asked.tsq").write_bytes(request)
        keys = ["-signer", f"{name}.pem", "-inkey", f"{name}.key"]
        words = ["-config", "conf", "-queryfile", "asked.tsq", *keys, "-out", "answer.tsr"]
        openssl("ts", "-reply", *words, cwd=self.folder)
        return (self.folder / "answer.tsr").read_bytes()


def make_openssl_authority(folder: Path, algorithm: str) -> Authority:
    """A new self-signed authority in an empty folder."""
    digest = "sm3" if algorithm == "sm2-sm3" else "sha256"
    signer_digest = "sha256"
    (folder / "conf").write_text(_CONFIG.format(digest=digest, signer_digest=signer_digest))
    (folder / "index.txt").touch()
    for name in ("serial", "crlnumber", "tsa-serial"):
        (folder / name).write_text("1000\n")
    made = Authority(folder, algorithm)
    openssl(*_NEW_KEY[algorithm], "-out", "root.key", cwd=folder)
    words = [
        "-extensions",
        "authority",
        "-key",
        "root.key",
        "-subj",
        "/CN=样例根证书",
        "-utf8",
        "-days",
        3650,
    ]
    openssl(
        *["req", "-x509", "-config", "conf", *made._digest, *made._id, *words, "-out", "root.pem"], cwd=folder
    )
    return made
