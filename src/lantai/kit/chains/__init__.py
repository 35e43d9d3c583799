"""What is needed of EVM chains: transactions, headers of blocks and the proof that one is in the other."""

from lantai.kit.chains.contract import CREATION, RUNTIME, call_data, text_in
from lantai.kit.chains.headers import Header, render_header
from lantai.kit.chains.rlp import BadRlp
from lantai.kit.chains.transactions import BadTransaction, SignedTransaction, Transaction, parse, sign
from lantai.kit.chains.tries import prove, root_of, value_at

__all__ = [
    "CREATION",
    "RUNTIME",
    "BadRlp",
    "BadTransaction",
    "Header",
    "SignedTransaction",
    "Transaction",
    "call_data",
    "parse",
    "prove",
    "render_header",
    "root_of",
    "sign",
    "text_in",
    "value_at",
]
