"""What an expression can be: small answers of the resolver.

They are never changed once made. `frozen` is left out because it doubles what making one costs, and
a run makes some hundred thousand; `repr` because generating it is a cost of every start.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prodworthy.call import Scalar
from prodworthy.model.schema import CallModel, ClientModel, SdkModel

if TYPE_CHECKING:
    from prodworthy.resolve.index import ModuleIndex

HOLE = "\0"
"""Stands in a text for a part that nobody knows."""

ANY = "\0*"
"""Stands in a mapping for every key that is looked up there and that it does not name."""

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
ScopeNode = FunctionNode | ast.ClassDef | ast.Module


@dataclass(slots=True, eq=False, repr=False)
class Frame:
    """Where an expression is evaluated: a scope, with what is known of its parameters.

    Attributes:
        module, scope: the code.
        parent: the frame of the enclosing scope, for closures.
        bindings: what the caller passes, by parameter name; absent where the caller is unknown.
        receiver: what ``self`` or ``cls`` is.
        given: the known call itself.
        called: whether ``bindings`` come from a known call, so that a parameter without one has
            its default.
        depth: how many known calls lie between this frame and the question.
        private: whether only one analysis knows it.
    """

    module: ModuleIndex
    scope: ScopeNode
    parent: Frame | None = None
    bindings: dict[str, Values] = field(default_factory=dict)
    receiver: Value | None = None
    called: bool = False
    depth: int = 0
    given: Arguments | None = None
    private: bool = False


@dataclass(slots=True, eq=False, repr=False)
class Site:
    """An expression and the frame to evaluate it in: a value not asked for yet."""

    node: ast.expr
    frame: Frame


@dataclass(slots=True, unsafe_hash=True, repr=False)
class Const:
    """A constant, or a text with holes; ``site`` says where it is written."""

    value: Scalar
    site: Site | None = field(default=None, compare=False)


@dataclass(slots=True, unsafe_hash=True, repr=False)
class External:
    """Something outside the project by its qualified name; calls stand in it as ``()``."""

    name: str


@dataclass(slots=True, eq=False, repr=False)
class Made:
    """What calling an external name gives, with the call to read its arguments from."""

    name: str
    call: Arguments


@dataclass(slots=True, unsafe_hash=True, repr=False)
class ProjectModule:
    """A module of the project."""

    module: ModuleIndex


@dataclass(slots=True, unsafe_hash=True, repr=False)
class Function:
    """A function of the project; ``receiver`` is set for a method reached through an object."""

    module: ModuleIndex
    node: FunctionNode
    parent: Frame = field(compare=False)
    receiver: Value | None = field(default=None, compare=False)


@dataclass(slots=True, unsafe_hash=True, repr=False)
class Class:
    """A class of the project."""

    module: ModuleIndex
    node: ast.ClassDef
    parent: Frame = field(compare=False)


@dataclass(slots=True, eq=False, repr=False)
class Instance:
    """An object of a project class; ``call`` is its construction where that is known."""

    cls: Class
    call: Arguments | None = None


@dataclass(slots=True, eq=False, repr=False)
class Super:
    """``super()`` inside a method of ``cls``."""

    cls: Class
    receiver: Value


@dataclass(slots=True, eq=False, repr=False)
class Arguments:
    """The arguments of a call.

    Attributes:
        node: the call, for its place; None for arguments that nobody wrote.
        positional: the plain positional arguments, up to the first ``*``.
        starred: whether a ``*args`` follows them.
        keywords: the named ones.
        unpacked: the ``**mappings``, in order.
    """

    node: ast.Call | None
    frame: Frame
    positional: tuple[Site, ...] = ()
    starred: bool = False
    keywords: tuple[tuple[str, Site], ...] = ()
    unpacked: tuple[Site, ...] = ()

    def keyword(self, name: str) -> Site | None:
        """The argument written as ``name=``."""
        for key, site in reversed(self.keywords):
            if key == name:
                return site
        return None


@dataclass(slots=True, eq=False, repr=False)
class Client:
    """A thing of an SDK that calls can be made on.

    Attributes:
        sdk, model: the knowledge about it.
        layers: calls that set its options, the newest first (``with_options``, constructor).
        seen: whether the construction is in view, so that what is not set there is not set.
        path: attributes walked from it (``chat.completions``).
        inner: the client it wraps, or that it was made from.
        chained: it stands in a pipe (``prompt | client``).
        retried: a method put retries around it.
        qualified: the constructor, as the code reaches it.
    """

    sdk: SdkModel
    model: ClientModel
    layers: tuple[Arguments, ...] = ()
    seen: bool = True
    path: str = ""
    inner: Client | None = None
    chained: bool = False
    retried: bool = False
    qualified: str = ""


@dataclass(slots=True, eq=False, repr=False)
class Endpoint:
    """A function or method of an SDK that sends a request: a call model, bound to its client."""

    sdk: SdkModel
    model: CallModel
    client: Client | None
    path: str


@dataclass(slots=True, eq=False, repr=False)
class Answer:
    """What an LLM call gives back."""

    endpoint: Endpoint
    call: Arguments


@dataclass(slots=True, unsafe_hash=True, repr=False)
class Option:
    """One thing that a key of a mapping can hold: ``value`` at a site, ``absent`` or ``unknown``."""

    kind: str
    site: Site | None = field(default=None, compare=False)
    values: Values | None = field(default=None, compare=False)


ABSENT = Option("absent")
OPAQUE = Option("unknown")


@dataclass(slots=True, eq=False, repr=False)
class Mapping:
    """A dict with known keys.

    Attributes:
        entries: the options of every key somebody mentioned.
        closed: no other key can be in it.
        dropped: keys whose value is None are not in it.
    """

    entries: dict[str, tuple[Option, ...]]
    closed: bool = True
    dropped: bool = False
    site: Site | None = None

    def options(self, key: str) -> tuple[Option, ...]:
        """What ``key`` can hold."""
        found = self.entries.get(key)
        if found is not None:
            return found
        return (ABSENT,) if self.closed else (OPAQUE,)


@dataclass(slots=True, eq=False, repr=False)
class Sequence:
    """A list or tuple of known elements; ``closed`` if it holds no others."""

    items: tuple[Site, ...]
    closed: bool = True
    site: Site | None = None


@dataclass(slots=True, eq=False, repr=False)
class Method:
    """A method of a builtin object (``params.get``, ``"...".format``)."""

    owner: Value
    name: str


@dataclass(slots=True, eq=False, repr=False)
class Partial:
    """``functools.partial(target, ...)``."""

    target: Value
    call: Arguments


@dataclass(slots=True, unsafe_hash=True, repr=False)
class Unknown:
    """Anything else, and why."""

    reason: str = ""
    optional: bool = True


Value = (
    Const
    | External
    | Made
    | ProjectModule
    | Function
    | Class
    | Instance
    | Super
    | Client
    | Endpoint
    | Answer
    | Mapping
    | Sequence
    | Method
    | Partial
    | Unknown
)
Values = tuple[Value, ...]
NOTHING: Values = ()
