"""One request on its way out: every string in it, what is to be replaced, and what it becomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from prodworthy_redact.book import Book, Remembered, Wanted, digest_of
from prodworthy_redact.detect import Entity
from prodworthy_redact.errors import BlockedError, RedactError
from prodworthy_redact.escapes import Nesting, escaped
from prodworthy_redact.history import History
from prodworthy_redact.keys import Key, required
from prodworthy_redact.payload import Style, texts
from prodworthy_redact.placeholders import may_hold, parse
from prodworthy_redact.policy import Action, Policy
from prodworthy_redact.restore import Hit, hits, restored
from prodworthy_redact.scan import Edit, Plan, Scanner, blocked, decode64, encode64, spelled
from prodworthy_redact.transform import DIGEST, digest, mask
from prodworthy_redact.tree import Leaf, Node, leaves, of_objects, to_objects

Counts = Counter[tuple[str, str]]
Counted = tuple[tuple[tuple[str, str], int], ...]


@dataclass(slots=True, eq=False)
class Task:
    """A string to be redacted, and what becomes of it.

    Attributes:
        leaf: where it came from.
        text: what it says.
        digest: what it is remembered by, together with style and hint.
        plan: what is to be replaced in it.
        put: makes of a changed text what belongs in the leaf.
        output: the changed text, or None if it stays.
        counts: how many entities of a kind an action was applied to.
    """

    leaf: Leaf
    text: str = field(repr=False)
    style: Style | str
    hint: str
    digest: bytes
    put: Callable[[str], object] = str
    plan: Plan | None = field(default=None, repr=False)
    output: str | None = field(default=None, repr=False)
    counts: Counted = ()


class Redaction:
    """Redacts one tree for one session.

    Attributes:
        counts: kind and action -> how many entities.
        unscanned: how many texts go out as they are because they could not be scanned.
    """

    def __init__(
        self, book: Book, policy: Policy, scanner: Scanner, key: Key | None, is_kind: Callable[[str], bool]
    ) -> None:
        self._book = book
        self._policy = policy
        self._scanner = scanner
        self._key = key
        self._is_kind = is_kind
        self._tasks: list[Task] = []
        self._history = History(book, None)
        self.counts: Counts = Counter()
        self.unscanned = 0

    def run(self, value: object) -> object:
        """What ``value`` becomes; ``value`` itself if nothing changes.

        Raises:
            BlockedError: it must not be sent.
        """
        self._book.sync()
        history = History(self._book, value)
        self._history = history
        tree = of_objects(history.rest)
        self._tasks = list(_tasks(tree))
        self._refuse_too_much()
        changed = self._redact()
        self.counts.update(history.counts)
        if not self.unscanned:
            history.remember(tree, {id(task.leaf): task.counts for task in self._tasks if task.counts})
        return to_objects(tree) if changed or history.changed else value

    def _redact(self) -> bool:
        new = [task for task in self._tasks if not self._recall(task)]
        for task in new:
            task.plan = self._plan(task)
        error = blocked(edit for task in new if task.plan for edit in task.plan.all())
        if error:
            raise error
        self._book.agree(lambda: self._write(new))
        for task in new if not self.unscanned else ():
            key = (task.digest, task.style, task.hint)
            self._book.remember(key, Remembered(task.output, task.counts))
        for task in self._tasks:
            for what, count in task.counts:
                self.counts[what] += count
            if task.output is not None:
                task.leaf.replaced = task.put(task.output)
        return any(task.output is not None for task in self._tasks)

    def _refuse_too_much(self) -> None:
        size, most = sum(len(task.text) for task in self._tasks), self._policy.max_text
        size += self._history.size
        if size > most:
            raise BlockedError(f"{size} characters are more than `max_text` ({most}); nothing was sent")

    def _recall(self, task: Task) -> bool:
        """Whether the session wrote this text itself, or has met it before."""
        if self._book.wrote(task.digest):
            return True
        known = self._book.remembered((task.digest, task.style, task.hint))
        if known is None:
            return False
        task.output, task.counts = known.output if isinstance(known.output, str) else None, known.counts
        return True

    def _plan(self, task: Task) -> Plan:
        if task.style == "structure":
            return Plan(task.text, ())
        try:
            return plan_of(self._scanner, task)
        except RedactError as error:
            told = str(error)
        except Exception as error:  # a recognizer of the user's own may raise anything, values in its message
            told = type(error).__name__
        if self._policy.on_error == "block":
            raise BlockedError(f"a text could not be scanned ({told}); nothing was sent")
        self.unscanned += 1
        return Plan(task.text, ())

    def _write(self, tasks: list[Task]) -> None:
        for task in tasks:
            assert task.plan is not None
            written = _Written(self, self._book, task.plan, task.style == "participant")
            out = written.assemble(invent=True)
            if written.invented and restored(self._book.known, out) != task.text:
                written = _Written(self, self._book, task.plan, task.style == "participant")
                out = written.assemble(invent=False)
            task.counts = tuple(written.counts.items())
            task.output = out if out != task.text else None
            if task.output is not None:
                self._book.note_written(digest_of(_unquoted(out) if task.style == "number" else out))

    def fits(self, token: str) -> bool:
        """Whether ``token`` occurs nowhere in this request."""
        return not self._history.holds(token) and not any(token in task.text for task in self._tasks)

    def is_name(self, name: str) -> bool:
        """Whether this is, or may once be, a placeholder of the session."""
        placeholder = parse(name)
        return self._is_kind(placeholder.kind) if placeholder else self._book.known.knows(name)

    def need_key(self) -> Key:
        """The key for digests."""
        if self._key is None:
            raise required("the action `hash`")
        return self._key


def plan_of(scanner: Scanner, task: Task) -> Plan:
    """What is to be replaced in the text of a task."""
    if task.style == "number":
        return scanner.number(task.text, task.hint)
    if task.style == "whole":
        return scanner.plan(task.text)
    style: Style = "data" if task.style == "data" else "text"
    return scanner.plan(task.text, style, task.hint, request=False)


def _tasks(tree: Node) -> Iterator[Task]:
    """Every string of a tree; in those that are structure, only placeholders count."""
    if isinstance(tree, Leaf):
        if isinstance(tree.value, str):
            yield Task(tree, tree.value, "whole", "", digest_of(tree.value))
        elif (said := _from_bytes(tree.value)[0]) is not None:
            yield Task(tree, said, "whole", "", digest_of(said), str.encode)
        return
    found = {id(text.leaf): text for text in texts(tree)}
    for leaf in leaves(tree):
        text = found.get(id(leaf))
        style, hint = (text.style, text.hint) if text else ("structure", "")
        value: str | None = None
        put: Callable[[str], object] = str
        if isinstance(leaf.value, bytes):
            value, put = _from_bytes(leaf.value)
        elif style == "base64" and isinstance(leaf.value, str):
            value, put = decode64(leaf.value), encode64
        elif isinstance(leaf.value, str):
            value = leaf.value
        elif style == "number":
            value, put = str(leaf.value), _unquoted
        if value is not None and (text or may_hold(value)):
            yield Task(leaf, value, style, hint, digest_of(value), put)


def _from_bytes(value: object) -> tuple[str | None, Callable[[str], object]]:
    """The text in bytes; None for what is no text."""
    try:
        return value.decode() if isinstance(value, bytes) else None, str.encode
    except UnicodeDecodeError:
        return None, str


def _unquoted(token: str) -> str:
    """What stands for a number of JSON, without the quotes that text needs."""
    return token[1:-1]


class _Written:
    """One text with its replacements made."""

    def __init__(self, redaction: Redaction, book: Book, plan: Plan, bare: bool) -> None:
        self._redaction = redaction
        self._book = book
        self._plan = plan
        self._bare = bare
        self.counts: Counts = Counter()
        self.invented = False

    def assemble(self, *, invent: bool) -> str:
        text = self._plan.text
        edits = self._edits()
        nesting = Nesting() if text.lstrip()[:1] in ("{", "[") else None
        out: list[str] = []
        at = 0
        for index, edit in enumerate(edits):
            out.append(text[at : edit.start])
            depth = 0
            if nesting:
                nesting.advance(text[at : edit.start])
                depth = nesting.depth
            apart = (index + 1 == len(edits) or edits[index + 1].start > edit.end) and not self._touches(edit)
            out.append(self._replacement(edit, depth, invent=invent and apart))
            if nesting:
                nesting.advance(out[-1])
            at = edit.end
        out.append(text[at:])
        return "".join(out)

    def _touches(self, edit: Edit) -> bool:
        """Whether a letter or digit follows or precedes, so that an invented value would not stand alone."""
        text = self._plan.text
        before, after = text[edit.start - 1 : edit.start], text[edit.end : edit.end + 1]
        return any(c.isalnum() or c == "_" for c in (before + after))

    def _edits(self) -> list[Edit]:
        """Entities, and placeholders that the user wrote: those given out become values themselves."""
        text, book = self._plan.text, self._book
        found = list(hits(book.known, text, named=self._redaction.is_name))
        kept = [_Hidden(m.start(), m.end()) for m in DIGEST.finditer(text)] if "#" in text else []
        spans: list[Hit | _Hidden] = sorted([*found, *kept], key=lambda span: span.start)
        edits: list[Edit] = []
        swallowed: set[int] = set()
        at = 0
        for edit in self._plan.edits:
            while at < len(spans) and spans[at].end <= edit.start:
                at += 1
            over = _up_to(spans, at, edit.end)
            if over and all(_inside(span, edit) for span in over):
                swallowed |= {span.start for span in over}
                edits.append(edit)
            else:
                edits += _outside(edit, over, text)
        found = [hit for hit in found if hit.start not in swallowed]
        for hit in found:
            if hit.entry is None:
                book.reserve(hit.name)
            else:
                edits.append(_literal(hit, text))
        return sorted(edits, key=lambda edit: edit.start)

    def _replacement(self, edit: Edit, depth: int, *, invent: bool) -> str:
        if edit.inner is not None:
            inner = _Written(self._redaction, self._book, edit.inner, False)
            out = encode64(inner.assemble(invent=False))
            self.counts.update(inner.counts)
            return out
        kind, action = edit.entity.kind, edit.action
        if edit.entity.recognizer:
            self.counts[kind, str(action)] += 1
        raw = self._plan.text[edit.start : edit.end]
        spelling = spelled(edit.text, raw, depth)
        token = self._once(edit, depth, spelling)
        if token is not None:
            return escaped(f'"{token}"', depth) if edit.number else token
        role = "number" if edit.number else "surrogate" if invent and action is Action.SURROGATE else "value"
        depth = depth if spelling or edit.number else 0
        token = self._book.token(Wanted(kind, edit.text, depth, spelling, role), self._redaction.fits)
        self.invented |= role == "surrogate"
        return token[1:-1] if self._bare and raw == self._plan.text and token[0] == "<" else token

    def _once(self, edit: Edit, depth: int, spelling: str) -> str | None:
        """What needs no memory; None where something must be remembered."""
        kind = edit.entity.kind
        if edit.action is Action.MASK:
            return mask(edit.text)
        if edit.action is Action.HASH:
            return digest(kind, edit.text, self._redaction.need_key())
        if edit.action is Action.ENCRYPT and not edit.number and self._book.sealer:
            return self._book.sealer.seal(kind, edit.text, depth, spelling)
        return None


@dataclass(frozen=True, slots=True)
class _Hidden:
    start: int
    end: int


def _up_to(spans: list[Hit | _Hidden], at: int, end: int) -> list[Hit | _Hidden]:
    """Those from the index ``at`` on that start before ``end``."""
    behind = at
    while behind < len(spans) and spans[behind].start < end:
        behind += 1
    return spans[at:behind]


def _inside(hit: Hit | _Hidden, edit: Edit) -> bool:
    return edit.start <= hit.start and hit.end <= edit.end and edit.end - edit.start > hit.end - hit.start + 2


def _outside(edit: Edit, closed: list[Hit | _Hidden], text: str) -> Iterator[Edit]:
    """The parts of ``edit`` that no placeholder covers."""
    start = edit.start
    for span in closed:
        yield from _part(edit, start, span.start, text)
        start = span.end
    if start == edit.start:
        yield edit
    else:
        yield from _part(edit, start, edit.end, text)


def _part(edit: Edit, start: int, end: int, text: str) -> Iterator[Edit]:
    part = text[start:end]
    if start < end and any(c.isalnum() for c in part):
        yield replace(edit, start=start, end=end, text=part, inner=None)


def _literal(hit: Hit, text: str) -> Edit:
    assert hit.entry is not None
    kind = hit.entry.kind or hit.name.partition("~")[0]
    entity = Entity(hit.start, hit.end, kind, 1.0, "")
    return Edit(hit.start, hit.end, entity, text[hit.start : hit.end], Action.REPLACE)
