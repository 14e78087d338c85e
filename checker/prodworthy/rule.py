"""What a rule is: typed metadata and one function over a resolved call or a module."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from prodworthy.call import LlmCall, Scalar
from prodworthy.config import Policy
from prodworthy.finding import Confidence, Severity, Span, TraceStep
from prodworthy.privacy import Privacy
from prodworthy.sink import Sink

if TYPE_CHECKING:
    from prodworthy.environments.entry import Entry
    from prodworthy.fix.remedy import Remedy
    from prodworthy.secrets.found import FoundSecret


class Report(Protocol):
    """Call it to report a finding; the engine fills in code, name, severity and the rest."""

    @property
    def policy(self) -> Policy:
        """The values that fixes write."""

    def __call__(
        self,
        span: Span,
        message: str,
        *,
        hint: str = "",
        confidence: Confidence | None = None,
        trace: tuple[TraceStep, ...] = (),
        fix: Remedy | None = None,
        context: str = "",
        defect: Span | None = None,
        secret: str = "",
    ) -> None:
        """Report ``message`` at ``span``.

        ``defect`` is the place that the finding is really about, where that is not ``span``: the
        client that several calls share. Of all findings of a rule in a file about one defect, the
        first is shown and says how many there are.
        ``fix`` is what would mend it; where the code's layout allows it, it becomes edits.
        ``context`` replaces, in the fingerprint, the source text of the span's statement.
        ``secret`` is the SHA-1 of the secret that the finding is about, for baselines of detect-secrets.
        Findings of low ``confidence`` are shown under ``--pedantic`` only.
        """


class Module(Protocol):
    """A parsed Python module as rules see it."""

    @property
    def path(self) -> str:
        """Relative to the project root."""

    @property
    def text(self) -> str:
        """The whole source; of a notebook its code cells in order."""

    @property
    def tree(self) -> ast.Module:
        """The syntax tree."""

    @property
    def calls(self) -> tuple[LlmCall, ...]:
        """The LLM calls that stand in this module."""

    @property
    def privacy(self) -> Privacy:
        """What counts as personal data (``[tool.prodworthy.privacy]``)."""

    def sinks(self, *kinds: str) -> tuple[Sink, ...]:
        """The places in this module that do something with a text that makes its origin matter."""

    def span(self, node: ast.AST) -> Span:
        """Where ``node`` stands."""

    def written(self, span: Span) -> tuple[str, ...]:
        """The source lines that ``span``, a place in this module, stands on."""

    def walk(self) -> Iterator[ast.AST]:
        """Every node of the tree, parents before children."""

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node that holds ``node``."""

    def qualified_name(self, expression: ast.expr) -> str:
        """What a name, attribute or callee is outside the project (``openai.OpenAI``), or ``""``."""

    def constants(self, expression: ast.expr) -> tuple[tuple[Scalar, Span], ...]:
        """Every constant that ``expression`` can be, with where each is written."""

    def mentions(self, pattern: re.Pattern[bytes]) -> str:
        """The first file under analysis, tests left out, that holds ``pattern``; else ``""``."""

    def client_arguments(self, role: str) -> tuple[tuple[str, ast.expr], ...]:
        """(SDK name, argument) of every client construction and call in this module for ``role``."""


class TextFile(Protocol):
    """A file of any kind, Python and notebooks included, as rules see it."""

    @property
    def path(self) -> str:
        """Relative to the project root."""

    @property
    def secrets(self) -> tuple[FoundSecret, ...]:
        """The credentials in it, but for those in the strings of Python code, without their values."""

    @property
    def tracked(self) -> bool:
        """Whether git tracks it."""

    @property
    def ignored(self) -> bool:
        """Whether an ignore rule covers it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule's metadata and check. The page beside the module is its documentation and tests.

    Attributes:
        code, name: ``PW301``, ``unbounded-output``; the page is ``unbounded_output.md``.
        summary: one line for `prodworthy rules`.
        default: whether it is in the default set.
        guide: the sections of the production guide that it serves.
        check_call: runs once for every resolved LLM call.
        check_module: runs once for every module read.
        check_text: runs once for every file, whatever is in it.
        check_environments: runs once for a project, on its settings in production, staging and elsewhere.
        one_per_origin: findings whose paths begin at the same place are about one defect, the place's.
        in_tests: whether calls in test files are checked as well.
        needs: lower-cased words, one of which a file must hold for ``check_module`` to have
            anything to say about it; empty means that only files which touch an LLM matter.
        sanitizer: the kind of sanitizer that ends this rule's paths (``redaction``), empty for none.
    """

    code: str
    name: str
    summary: str
    severity: Severity
    default: bool
    guide: tuple[str, ...]
    cwe: tuple[int, ...] = ()
    owasp: tuple[str, ...] = ()
    confidence: Confidence = Confidence.HIGH
    check_call: Callable[[LlmCall, Report], None] | None = None
    check_module: Callable[[Module, Report], None] | None = None
    check_text: Callable[[TextFile, Report], None] | None = None
    check_environments: Callable[[Sequence[Entry], Report], None] | None = None
    one_per_origin: bool = False
    in_tests: bool = False
    needs: tuple[str, ...] = ()
    sanitizer: str = ""
