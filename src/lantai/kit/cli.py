"""`lantai-kit`: the library at a command line, for an agency or an auditor without a server.

A subcommand is one line of COMMANDS: its module has `configure(parser)` and
`run(options, console) -> int`, and is imported only when it is called for.
"""

from __future__ import annotations

import argparse
import gettext
import importlib
import os
import sys
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TextIO

from lantai.kit.errors import N_, LantaiError

PROGRAM = "lantai-kit"
DONE, NOT_GOOD, USAGE = 0, 1, 2
LANGUAGES = ("zh", "en")

# Control, format (among them direction marks), surrogates, line and paragraph separators.
_STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LOCALE = Path(__file__).resolve().parents[1] / "locale"


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand: its name, the module that does it, and the sentence that explains it."""

    name: str
    module: str
    summary: str


COMMANDS = (
    Command("verify", "lantai.kit.evidence.verify_command", N_("离线核验回执、证明和证据包")),
    Command("fork", "lantai.kit.evidence.fork_command", N_("离线核验日志分叉的证明")),
    Command("anchor", "lantai.kit.evidence.anchor_command", N_("离线核验检查点的链上登记")),
    Command("check", "lantai.kit.selfcheck.command", N_("移交之前自行做四性检测，出具检测报告")),
    Command("template", "lantai.kit.packages.catalogue.template_command", N_("生成供填写的目录模板")),
    Command("digest", "lantai.kit.digests.digest_command", N_("计算文件的 SHA-256、SHA-512 和 SM3 摘要")),
    Command("medium", "lantai.kit.backups.medium_command", N_("检查、修复离线备份介质")),
    Command("keygen", "lantai.kit.evidence.keygen_command", N_("生成签名密钥，并显示对应的公钥")),
)


class Console:
    """Speaks to the person at the terminal in their language, and to programs in JSON lines."""

    def __init__(self, language: str, out: TextIO, err: TextIO) -> None:
        found = gettext.translation("django", str(_LOCALE), languages=[language], fallback=True)
        self._gettext = found.gettext
        self._out, self._err = out, err

    def text(self, message: str, params: object = None) -> str:
        """The message in the person's language, without characters that steer a terminal."""
        translated = self._gettext(message) if message else ""
        return printable(translated % params if params else translated)

    def say(self, message: str, /, **params: object) -> None:
        """One line of result."""
        self.line(self.text(message, params))

    def line(self, ready: str) -> None:
        """One line that needs no translation."""
        print(printable(ready), file=self._out)

    def complain(self, message: str, /, **params: object) -> None:
        """One line about what went wrong."""
        print(self.text(message, params), file=self._err)

    def complain_of(self, error: LantaiError) -> None:
        """One line in the words of a refusal."""
        print(self.text(error.message, error.params), file=self._err)


def printable(text: str) -> str:
    """`text` with control and direction characters shown as `?`: foreign names must not steer a terminal."""
    return "".join("?" if unicodedata.category(char) in _STEERING else char for char in text)


class _Parser(argparse.ArgumentParser):
    """An argument parser that complains in the person's language."""

    console: Console

    def error(self, message: str) -> NoReturn:
        self.console.complain(N_("命令的写法不对：%(reason)s"), reason=message)
        self.console.complain(N_("用 %(program)s --help 查看写法。"), program=self.prog)
        sys.exit(USAGE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; 0 all good, 1 something is not good, 2 the command could not be carried out."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    console = Console(_language(words), sys.stdout, sys.stderr)
    try:
        return _run(words, console)
    except BrokenPipeError:
        # The reader went away (`| head`); keep Python from complaining once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOT_GOOD
    except LantaiError as error:
        console.complain_of(error)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        console.complain(N_("无法读写“%(path)s”：%(reason)s"), path=error.filename or "-", reason=reason)
    return USAGE


def _run(words: Sequence[str], console: Console) -> int:
    top = _parser(PROGRAM, console, N_("兰台工具箱：不需要服务器即可使用。"))
    top.add_argument("command", choices=[command.name for command in COMMANDS], metavar="COMMAND")
    top.add_argument("rest", nargs=argparse.REMAINDER)
    rows = [f"  {command.name:<10}{console.text(command.summary)}" for command in COMMANDS]
    top.epilog = "\n".join(rows)
    top.formatter_class = argparse.RawDescriptionHelpFormatter
    chosen = top.parse_args(words)
    command = next(command for command in COMMANDS if command.name == chosen.command)
    module = importlib.import_module(command.module)
    configure: Callable[[argparse.ArgumentParser], None] = module.configure
    run: Callable[[argparse.Namespace, Console], int] = module.run
    parser = _parser(f"{PROGRAM} {command.name}", console, command.summary)
    configure(parser)
    return run(parser.parse_args(chosen.rest), console)


def _parser(program: str, console: Console, summary: str) -> _Parser:
    parser = _Parser(prog=program, description=console.text(summary), allow_abbrev=False)
    parser.console = console
    parser.add_argument("--lang", choices=LANGUAGES, help="zh | en")
    return parser


def _language(words: Sequence[str]) -> str:
    """The language asked for anywhere on the line, so that even a wrong command is answered in it."""
    found = LANGUAGES[0]
    for at, word in enumerate(words):
        asked = words[at + 1] if word == "--lang" and at + 1 < len(words) else word.removeprefix("--lang=")
        if asked in LANGUAGES and word.startswith("--lang"):
            found = asked
    return found


if __name__ == "__main__":
    sys.exit(main())
