"""The fields of data classes: dataclasses, pydantic and attrs models, named tuples."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from prodworthy.resolve import declared, invoke, lookup, objects, passing
from prodworthy.resolve.index import Binding, tail
from prodworthy.resolve.reach import Reaching
from prodworthy.resolve.values import (
    NOTHING,
    Class,
    Const,
    External,
    Frame,
    Instance,
    Made,
    Unknown,
    Values,
)

if TYPE_CHECKING:
    from prodworthy.resolve.resolver import Resolver


def field_argument(r: Resolver, instance: Instance, attr: str) -> Values | None:
    """What a dataclass's or pydantic model's construction passes for a field; None where it passes none."""
    given = instance.call
    if given is None or not is_data(r, instance.cls):
        return None
    site = passing.argument(given, attr, data_fields(r, instance.cls))
    if site is not None:
        return r.site(site)
    for mapping in passing.unpacked(r, given):
        options = mapping.options(attr)
        values = tuple(v for o in options for v in r.option(o))
        if values and all(o.kind == "value" for o in options):
            return values
        if values or any(o.kind == "unknown" for o in options):
            return _perhaps_given(r, instance, attr, values)
    return None


def _perhaps_given(r: Resolver, instance: Instance, attr: str, values: Values) -> Values:
    """A field that unseen arguments may set: they, or the default."""
    for cls in objects.mro(r, instance.cls):
        for binding in cls.module.scope(cls.node).bindings.get(attr, ()) if isinstance(cls, Class) else ():
            assert isinstance(cls, Class)
            frame = lookup.frame_of(r, cls.module, cls.node)
            typed = binding.annotation is not None and not declared.optional(binding.annotation)
            default: Values = NOTHING
            if binding.kind == "assign":
                default = default_of(r, lookup.bound(r, Reaching(binding, ()), frame), binding, frame)
            return (*values, Unknown("keyword arguments", optional=not typed), *default)
    return (*values, Unknown("keyword arguments"))


def data_fields(r: Resolver, cls: Class) -> list[str]:
    """The annotated fields of a data class in the order of its constructor."""
    names: list[str] = []
    for base in reversed(objects.mro(r, cls)):
        if isinstance(base, Class):
            targets = [s.target for s in base.node.body if isinstance(s, ast.AnnAssign)]
            names += [t.id for t in targets if isinstance(t, ast.Name) and t.id not in names]
    return names


def is_data(r: Resolver, cls: Class) -> bool:
    """Whether the class's constructor takes its annotated fields (no ``__init__`` of its own)."""
    for base in objects.mro(r, cls):
        if isinstance(base, Class):
            if "__init__" in base.module.scope(base.node).bindings:
                return False
            if any(
                tail(d) in ("dataclass", "define", "frozen", "attrs", "s") for d in base.node.decorator_list
            ):
                return True
        elif isinstance(base, External) and base.name.rpartition(".")[2] in (
            "BaseModel",
            "BaseSettings",
            "NamedTuple",
            "TypedDict",
            "SQLModel",
            "Struct",
            "RootModel",
        ):
            return True
    return False


def declaration(r: Resolver, binding: Binding, frame: Frame) -> Values:
    """What a field that is only annotated can hold."""
    assert binding.annotation is not None
    typed = declared.values(r, binding.annotation, frame)
    return typed or (Unknown("field", optional=declared.optional(binding.annotation)),)


def default_of(r: Resolver, values: Values, binding: Binding, frame: Frame) -> Values:
    """Follow ``field(default=...)`` of dataclasses, pydantic and attrs to the default."""
    found: Values = NOTHING
    for value in values:
        name = value.name.rpartition(".")[2] if isinstance(value, Made) else ""
        if isinstance(value, Made) and name in (
            "field",
            "Field",
            "ib",
            "attrib",
            "PrivateAttr",
            "Body",
            "Query",
        ):
            call = value.call
            site = call.keyword("default") or (call.positional[0] if call.positional else None)
            factory = call.keyword("default_factory") or call.keyword("factory")
            if site is not None:
                found += r.site(site)
            elif factory is not None:
                found += tuple(
                    v
                    for f in r.site(factory)
                    for v in invoke.invoke(r, f, passing.no_arguments(factory.frame))
                )
            elif binding.annotation is not None:
                found += declaration(r, binding, frame)
        else:
            found += (value,)
    if binding.annotation is not None and all(isinstance(v, Const) and v.value is None for v in found):
        typed = declared.values(r, binding.annotation, frame)
        if typed:
            return typed
    return found
