"""What the analysis of one file gives, and what it depends on."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from prodworthy.call import LlmCall
from prodworthy.errors import SourceError
from prodworthy.finding import Finding
from prodworthy.unresolved import Unresolved


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be analysed: a file, or a rule on a file."""

    path: str
    message: str
    line: int | None = None
    rule: str = ""
    cell: int = 0

    def __str__(self) -> str:
        return str(SourceError(self.path, self.message, self.line, self.cell))


@dataclass(slots=True)
class Outcome:
    """What one file gave.

    Attributes:
        findings: what no suppression holds back, suppressions that hold nothing back included.
        calls: its LLM calls, `settled`; only where they were asked for.
        call_count: how many it has.
        suppressed: how many findings were held back.
        analysed: whether the file was worth parsing.
        passed_over: why a named file was not checked, else empty.
        unresolved: what could not be resolved, where that was asked for.
        consulted: what the rest depends on besides the file and its configuration.
    """

    path: str
    findings: Sequence[Finding] = ()
    calls: tuple[LlmCall, ...] = ()
    call_count: int = 0
    problems: list[Problem] = field(default_factory=list)
    suppressed: int = 0
    analysed: bool = False
    passed_over: str = ""
    unresolved: tuple[Unresolved, ...] = ()
    consulted: Consulted | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """A question about all files under analysis, and its answer.

    Attributes:
        kind: ``callers``, ``method`` (callers of a method), ``subclassing``, ``keeping``
            (who sets ``.state.<name>``), ``mentions`` or ``parents``.
        name: what is looked for: a function, a class, a pattern, or the top of a dotted name.
        path, stem: the file that defines it, and the module's last name; the flags of a pattern.
        found: the files, or for ``parents`` the folders.
    """

    kind: str
    name: str
    path: str
    stem: str
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consulted:
    """Everything that the analysis of a file looked at besides the file.

    Attributes:
        read: the files whose content was read, or could not be.
        probed: path -> whether there is such a file.
        searched: questions about all files under analysis.
        member: path -> whether it is under analysis itself.
    """

    read: tuple[str, ...] = ()
    probed: Mapping[str, bool] = field(default_factory=dict)
    searched: tuple[Search, ...] = ()
    member: Mapping[str, bool] = field(default_factory=dict)


class Members(Container[str]):
    """The files under analysis; remembers for which paths somebody asked."""

    def __init__(self, paths: Container[str]) -> None:
        self._paths = paths
        self.asked: dict[str, bool] = {}

    def __contains__(self, path: object) -> bool:
        found = path in self._paths
        if isinstance(path, str):
            self.asked[path] = found
        return found


def settled(call: LlmCall) -> LlmCall:
    """``call`` without what only the rules ask for and without anybody's text: free of the analysis.

    Its origins say where prompts come from, not what they say; of its settings the numbers stay.
    """
    origins = tuple(
        replace(origin, label="" if origin.text else origin.label, text="", trace=())
        for origin in call.origins()
    )
    settings = {
        role: setting if not isinstance(setting.value, str) else replace(setting, value=None)
        for role, setting in call.settings.items()
    }
    bare = LlmCall(
        span=call.span,
        sdk=call.sdk,
        api=call.api,
        method=call.method,
        callee=call.callee,
        function=call.function,
        model=call.model,
        output_cap=call.output_cap,
        retry=call.retry,
        timeout=call.timeout,
        settings=settings,
        removed=call.removed,
        local=call.local,
        provider=call.provider,
        client_seen=call.client_seen,
        client_name=call.client_name,
        demo=call.demo,
        asynchronous=call.asynchronous,
        sdk_retries=call.sdk_retries,
    )
    return replace(bare, find_origins=partial(tuple, origins))
