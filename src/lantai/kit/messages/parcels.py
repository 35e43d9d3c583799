"""A parcel: messages of one sender to one recipient, in the order of their numbers, as one signed file.

    {"parcel":{"acknowledged":7,"from":"…","messages":[{"body":{…},"kind":"…","sequence":3},…],"to":"…"},
     "signatures":["— name base64(key id || signature)",…],"v":"lantai-parcel/v1"}

in canonical JSON. A signature is over the line `lantai-parcel/v1`, a newline and the canonical form of
`parcel`; it may be made with a key that also signs checkpoints or cosignatures, whose texts begin otherwise.
`acknowledged` is the number of the last message that the sender had from the recipient: everything up to it
need not be sent again. A sender sends what is not acknowledged, as often as it likes; a recipient takes the
messages behind the last one that it took, and refuses a parcel that begins later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lantai.kit.crypto import SigningKey
from lantai.kit.errors import N_, Invalid, Refusal
from lantai.kit.evidence.canonical import Json, canonical, parse_canonical
from lantai.kit.evidence.encoding import from_base64
from lantai.kit.evidence.notes import NoteSignature, VerifierKey, verifier_key

VERSION = "lantai-parcel/v1"
MAX_PARCEL_BYTES = 32 * 1024 * 1024
MAX_MESSAGES = 10_000
_MAX_SIGNATURES = 8
_LARGEST = 2**53
_DASH = "— "


class BadParcel(Invalid):
    """The file is not a parcel, or was changed."""

    message = N_("摆渡文件无法读取，或者内容已被改动。")


class UnknownSender(Refusal):
    """No trusted key signed the parcel."""

    message = N_("摆渡文件不是由已登记的伙伴“%(sender)s”签名的，没有导入。")


class Gap(Refusal):
    """An earlier parcel has not arrived."""

    message = N_("缺少第 %(first)d 至 %(last)d 号消息，没有导入。请先导入较早的摆渡文件，或请对方重新导出。")


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `sequence` begins at 1 and grows by one for each sender and recipient."""

    sequence: int
    kind: str
    body: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What travels."""

    sender: str
    recipient: str
    acknowledged: int
    messages: tuple[Message, ...]

    def form(self) -> dict[str, Json]:
        """What is signed, in canonical JSON."""
        listed: list[Json] = [
            {"sequence": one.sequence, "kind": one.kind, "body": dict(one.body)} for one in self.messages
        ]
        return {
            "from": self.sender,
            "to": self.recipient,
            "acknowledged": self.acknowledged,
            "messages": listed,
        }


def seal_parcel(parcel: Parcel, keys: Sequence[SigningKey]) -> bytes:
    """The signed file of a parcel."""
    form = parcel.form()
    lines: list[Json] = []
    for key in keys:
        named = verifier_key(parcel.sender, key.public)
        made = NoteSignature(parcel.sender, named.key_id, key.sign(_signed(form)))
        lines.append(made.line().rstrip("\n"))
    return canonical({"v": VERSION, "parcel": form, "signatures": lines})


def _signed(form: Mapping[str, Json]) -> bytes:
    return VERSION.encode() + b"\n" + canonical(form)


def open_parcel(data: bytes, *, recipient: str, trusted: Mapping[str, Sequence[VerifierKey]]) -> Parcel:
    """The parcel in a file, when one of the sender's `trusted` keys signed it and it is for `recipient`.

    Raises BadParcel or UnknownSender. What a key is trusted for does not matter here: only its public half.
    """
    if len(data) > MAX_PARCEL_BYTES:
        raise BadParcel(N_("摆渡文件过大。"))
    whole = _object(parse_canonical(data), {"v", "parcel", "signatures"})
    if whole["v"] != VERSION:
        raise BadParcel()
    form = _object(whole["parcel"], {"from", "to", "acknowledged", "messages"})
    parcel = _parsed(form)
    keys = trusted.get(parcel.sender, ())
    if not any(_is_signed(form, line, parcel.sender, keys) for line in _lines(whole["signatures"])):
        raise UnknownSender(sender=parcel.sender[:100])
    if parcel.recipient != recipient:
        raise BadParcel(N_("这个摆渡文件是发给“%(to)s”的，不是发给本机的。"), to=parcel.recipient[:100])
    return parcel


def new_messages(parcel: Parcel, *, taken: int) -> tuple[Message, ...]:
    """The messages behind number `taken`, which was the last one taken; raises Gap when some are missing."""
    fresh = tuple(one for one in parcel.messages if one.sequence > taken)
    if fresh and fresh[0].sequence != taken + 1:
        raise Gap(first=taken + 1, last=fresh[0].sequence - 1)
    return fresh


def _object(value: Json, names: set[str]) -> dict[str, Json]:
    if not isinstance(value, dict) or set(value) != names:
        raise BadParcel()
    return value


def _number(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _LARGEST:
        raise BadParcel()
    return value


def _text(value: Json) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 255:
        raise BadParcel()
    return value


def _parsed(form: dict[str, Json]) -> Parcel:
    listed = form["messages"]
    if not isinstance(listed, list) or len(listed) > MAX_MESSAGES:
        raise BadParcel()
    messages = tuple(_message(one) for one in listed)
    numbers = [one.sequence for one in messages]
    if numbers and (numbers[0] < 1 or numbers != list(range(numbers[0], numbers[0] + len(numbers)))):
        raise BadParcel()
    return Parcel(_text(form["from"]), _text(form["to"]), _number(form["acknowledged"]), messages)


def _message(value: Json) -> Message:
    found = _object(value, {"sequence", "kind", "body"})
    body = found["body"]
    if not isinstance(body, dict):
        raise BadParcel()
    return Message(_number(found["sequence"]), _text(found["kind"]), body)


def _lines(value: Json) -> list[NoteSignature]:
    if not isinstance(value, list) or len(value) > _MAX_SIGNATURES:
        raise BadParcel()
    return [_line(one) for one in value]


def _line(value: Json) -> NoteSignature:
    parts = value.removeprefix(_DASH).split(" ") if isinstance(value, str) else []
    if not isinstance(value, str) or not value.startswith(_DASH) or len(parts) != 2:
        raise BadParcel()
    blob = from_base64(parts[1])
    if len(blob) <= 4:
        raise BadParcel()
    return NoteSignature(parts[0], blob[:4], blob[4:])


def _is_signed(
    form: Mapping[str, Json], line: NoteSignature, sender: str, keys: Sequence[VerifierKey]
) -> bool:
    """By the public half of a trusted key, under the sender's name and its own key id."""
    for key in keys:
        named = verifier_key(sender, key.public)
        is_named = (line.name, line.key_id) == (sender, named.key_id)
        if is_named and key.public.verify(_signed(form), line.blob):
            return True
    return False
