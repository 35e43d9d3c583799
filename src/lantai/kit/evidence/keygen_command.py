"""`lantai-kit keygen FILE [--algorithm …] [--name ORIGIN]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from lantai.kit import crypto
from lantai.kit.cli import DONE, Console
from lantai.kit.errors import N_
from lantai.kit.evidence.notes import verifier_key


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--algorithm", choices=crypto.ALGORITHMS, default="ed25519")
    parser.add_argument("--name", default="", metavar="ORIGIN")


def run(options: argparse.Namespace, console: Console) -> int:
    """Write a private key that only its owner can read, and print what may be handed out."""
    key = crypto.generate(options.algorithm)
    # The name is judged before the key is kept: a refusal leaves no file behind.
    line = verifier_key(options.name, key.public).render() if options.name else ""
    crypto.save_private(options.file, key)
    console.say(N_("私钥已写入“%(path)s”，仅本用户可读，请妥善备份。"), path=options.file)
    console.say(N_("密钥编号：%(id)s"), id=crypto.key_id(key.public))
    for row in crypto.public_pem(key.public).decode().splitlines():
        console.line(row)
    if line:
        console.say(N_("信任文件中的一行："))
        console.line(line)
    return DONE
