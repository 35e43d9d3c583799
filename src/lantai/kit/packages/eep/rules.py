"""签名规则 and 签名算法标识: the texts that we write, and what the texts of others are taken for.

The schema fixes neither text. A package says in 签名规则 which octets were signed; where it says it in
words that are not known here, each way is tried, and a signature that holds by one of them holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Message(StrEnum):
    """Which octets the signature is over."""

    OCTETS = "octets"  # the canonical form of the element
    DIGEST = "digest"  # its digest: SM3 for SM2, SHA-256 for the others


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with the words for it in 签名规则."""

    message: Message
    text: str


RULES: tuple[Rule, ...] = (
    Rule(
        Message.OCTETS,
        "被签名的元素（连同其开始标记和结束标记）按 Exclusive XML Canonicalization 1.0（不含注释）规范化为 UTF-8 "
        "字节流，对该字节流签名；签名结果以 Base64 编码",
    ),
    Rule(
        Message.DIGEST,
        "被签名的元素（连同其开始标记和结束标记）按 Exclusive XML Canonicalization 1.0（不含注释）规范化为 UTF-8 "
        "字节流，先计算该字节流的摘要（SM2 签名用 SM3，其他签名用 SHA-256），再对摘要值签名；签名结果以 Base64 编码",
    ),
)

# what our own signatures say in 签名算法标识, by the algorithm of the key
ALGORITHM_TEXTS = {"sm2-sm3": "SM2-SM3", "rsa-sha256": "RSA-SHA256", "ecdsa-sha256": "ECDSA-SHA256"}
# words that name a family of keys and leave the digest to its usual one
_FAMILIES = frozenset({"rsa", "sm2", "ecdsa", "ecc"})


def messages_of(text: str) -> tuple[Message, ...]:
    """What a 签名规则 says was signed; every way there is where its words are not known."""
    plain = "".join(text.split())
    known = tuple(rule.message for rule in RULES if "".join(rule.text.split()) == plain)
    return known or tuple(Message)


def is_known(text: str) -> bool:
    """Whether the words of a 签名规则 are among ours."""
    return len(messages_of(text)) == 1


def text_of(message: Message) -> str:
    """The words for a rule."""
    return next(rule.text for rule in RULES if rule.message is message)


def algorithm_of(text: str) -> str:
    """The algorithm named in 签名算法标识; empty where it names a family only."""
    return "" if text.strip().casefold() in _FAMILIES else text.strip()
