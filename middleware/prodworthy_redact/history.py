"""The turns of a conversation that a session has met before, which every request brings along again.

A request repeats all that was said. What became of a message is remembered as a whole, so that the
fiftieth turn costs what the second did.
"""

from __future__ import annotations

import marshal
from collections import Counter
from collections.abc import Mapping

from prodworthy_redact.book import Book, MemoKey, Remembered, digest_of_bytes
from prodworthy_redact.tree import Branch, Met, Node, leaves, to_objects

_TURNS = ("messages", "contents", "input", "chat_history")
_SHORTEST = 2


class History:
    """Takes the known messages out of a request, and remembers those that are new.

    Attributes:
        rest: the request, with a `Met` in the place of each message that is known.
        changed: whether one of those is sent as something else.
        size: how long they are.
        counts: kind and action -> how many entities are in them.
    """

    def __init__(self, book: Book, value: object) -> None:
        self.rest = value
        self.changed = False
        self.size = 0
        self.counts: Counter[tuple[str, str]] = Counter()
        self._book = book
        self._known: list[bytes] = []
        self._new: dict[tuple[str, int], MemoKey] = {}
        if isinstance(value, dict):
            lists = {name: value[name] for name in _TURNS if isinstance(value.get(name), list)}
            met = {name: self._meet(name, turns) for name, turns in lists.items() if len(turns) >= _SHORTEST}
            self.rest = {**value, **met} if met else value

    def holds(self, token: str) -> bool:
        """Whether one of the known messages holds ``token``."""
        return any(token.encode() in data for data in self._known)

    def remember(self, tree: Node, counts: Mapping[int, tuple[tuple[tuple[str, str], int], ...]]) -> None:
        """Keep what became of the new messages of the redacted ``tree``."""
        for (name, index), key in self._new.items():
            turns = tree.get(name) if isinstance(tree, Branch) else None
            turn = turns.nodes[index] if isinstance(turns, Branch) else None
            if turn is None:
                continue
            found = leaves(turn)
            changed = any(leaf.replaced is not None for leaf in found)
            total: Counter[tuple[str, str]] = Counter()
            for leaf in found:
                total.update(dict(counts.get(id(leaf), ())))
            output = marshal.dumps(to_objects(turn), 2) if changed else None  # type: ignore[arg-type]
            self._book.remember(key, Remembered(output, tuple(total.items())))

    def _meet(self, name: str, turns: list[object]) -> list[object]:
        return [self._met(name, index, turn) for index, turn in enumerate(turns)]

    def _met(self, name: str, index: int, turn: object) -> object:
        if type(turn) is not dict:
            return turn
        try:
            data = marshal.dumps(turn, 2)
        except ValueError:  # it holds something that is no plain value
            return turn
        key = (digest_of_bytes(data), "turn", name)
        known = self._book.remembered(key)
        if known is None:
            self._new[name, index] = key
            return turn
        self._known.append(data)
        self.size += len(data)
        for what, count in known.counts:
            self.counts[what] += count
        if not isinstance(known.output, bytes):
            return Met(turn)
        self.changed = True
        return Met(marshal.loads(known.output))
