"""What a declaration says about a request's parameter or field: free text, limited, or a closed set."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from prodworthy.flow.graph import BOUNDED, CLOSED, NUMBER, SAFE
from prodworthy.model.schema import PersonalElement, SourceModel
from prodworthy.resolve import datafields, declared, objects, parameters
from prodworthy.resolve.catalogue import matches
from prodworthy.resolve.index import tail
from prodworthy.resolve.values import Class, External, Frame, Instance

if TYPE_CHECKING:
    from prodworthy.flow.flow import Flow

_LIMITS = frozenset(
    {"max_length", "pattern", "regex", "max_digits", "choices", "enum", "le", "lt", "max_value"}
)
_DECLARING = frozenset(
    {
        *(
            "Field",
            "Query",
            "Path",
            "Body",
            "Form",
            "Header",
            "Cookie",
            "Param",
            "Annotated",
            "Option",
            "Argument",
        ),
        *(
            "constr",
            "conint",
            "confloat",
            "StringConstraints",
            "Interval",
            "Le",
            "Lt",
            "MaxLen",
            "Len",
            "Meta",
        ),
        *("CharField", "TextField", "SlugField", "RegexField", "IntegerField", "FloatField", "StringField"),
    }
)
_LIMITED_TYPES = frozenset(
    {
        "EmailStr",
        "HttpUrl",
        "AnyUrl",
        "AnyHttpUrl",
        "SecretStr",
        "IPvAnyAddress",
        "ObjectId",
        "Slug",
        "Choice",
    }
)
_NUMBERS = frozenset(
    {"int", "float", "Decimal", "PositiveInt", "NonNegativeInt", "PositiveFloat", "NonNegativeFloat"}
)
_CLOSED = frozenset(
    {
        "bool",
        "Literal",
        "UUID",
        "UUID4",
        "date",
        "datetime",
        "time",
        "timedelta",
        "StrictBool",
        "NaiveDatetime",
    }
)
_FORM_FIELDS = {
    **dict.fromkeys(("ChoiceField", "BooleanField", "UUIDField", "DateField", "DateTimeField"), "closed"),
    **dict.fromkeys(("PrimaryKeyRelatedField", "ModelChoiceField", "NullBooleanField"), "closed"),
    **dict.fromkeys(("IntegerField", "FloatField", "DecimalField"), "number"),
    **dict.fromkeys(("EmailField", "SlugField", "RegexField", "URLField"), "limited"),
}


class Fields:
    """Judges declarations: ``text``, ``limited``, ``number``, ``closed``; empty where nothing is declared."""

    def __init__(self, flow: Flow) -> None:
        self._r = flow.resolver
        self._lexicon = flow.lexicon

    def personal_type(self, node: ast.expr, frame: Frame) -> PersonalElement | None:
        """The personal data that a value is by its declared type (``contact: EmailStr``)."""
        if isinstance(node, ast.Attribute):
            for base in self._r.values(node.value, frame):
                if isinstance(base, Instance):
                    return self.personal_field(base.cls, node.attr)[0]
        elif isinstance(node, ast.Name):
            arg = parameters.argument_node(frame.scope, node.id)
            if arg is not None and arg.annotation is not None:
                return self._typed(arg.annotation, frame.parent or frame.module.frame)
        return None

    def personal_field(self, cls: Class, name: str) -> tuple[PersonalElement | None, str]:
        """The personal data that a field is by its type or its column's (``models.EmailField()``)."""
        for base in objects.mro(self._r, cls):
            if not isinstance(base, Class):
                continue
            for binding in base.module.scope(base.node).bindings.get(name, ()):
                found = self._typed(binding.annotation, base.module.frame) if binding.annotation else None
                if found is None and isinstance(binding.node, ast.Call):
                    found = self._typed(binding.node.func, base.module.frame)
                if found is not None:
                    return found, "high"
        return None, ""

    def _typed(self, annotation: ast.expr, frame: Frame) -> PersonalElement | None:
        for part in ast.walk(annotation):
            if isinstance(part, (ast.Name, ast.Attribute)):
                for value in self._r.values(part, frame):
                    if isinstance(value, External) and (found := self._lexicon.typed(value.name)) is not None:
                        return found
        return None

    def kind_of(self, cls: Class, name: str) -> str:
        """What a field of a data class lets through."""
        return self._field(cls, name)

    def safety(self, cls: Class, name: str) -> frozenset[str]:
        """What a value is safe in because it passed through a field of a validating class."""
        return self.safe_by(self._field(cls, name)) if self._validates(cls) else SAFE

    @staticmethod
    def safe_by(kind: str) -> frozenset[str]:
        """What a declaration of this kind makes a value safe in."""
        return {"limited": BOUNDED, "closed": CLOSED, "number": NUMBER}.get(kind, SAFE)

    def form_field(self, cls: Class, name: str) -> str:
        """What a field of a form or serializer lets through (``forms.CharField(max_length=200)``)."""
        for base in objects.mro(self._r, cls):
            if not isinstance(base, Class):
                continue
            for binding in base.module.scope(base.node).bindings.get(name, ()):
                if isinstance(binding.node, ast.Call):
                    limited = _limits(binding.node) or _checker(base.node, name)
                    return "limited" if limited else _FORM_FIELDS.get(tail(binding.node.func), "text")
        return "text"

    def _validates(self, cls: Class) -> bool:
        return any(
            isinstance(b, External)
            and b.name.rpartition(".")[2] in ("BaseModel", "SQLModel", "Schema", "Struct")
            for b in objects.mro(self._r, cls)
        )

    def of_parameter(self, arg: ast.arg, frame: Frame, source: SourceModel) -> str:
        """A handler's own parameter."""
        outer = frame.parent or frame.module.frame
        scope = frame.scope
        default = (
            parameters.default_of(scope, arg.arg)
            if isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef))
            else None
        )
        if default is not None and _limits(default):
            return "limited"
        if arg.annotation is None:
            return "text"
        kind = self.of_annotation(arg.annotation, outer, source.validated)
        if kind != "model":
            return kind
        fields = self._model_fields(arg.annotation, outer)
        kinds = {self._field(cls, name) for cls, name in fields}
        return _weakest(kinds) if kinds else "text"

    def of_field(self, arg: ast.arg, attr: str, frame: Frame) -> str:
        """One field of a parameter's model; empty if the model does not declare it."""
        outer = frame.parent or frame.module.frame
        if arg.annotation is None:
            return ""
        for cls, name in self._model_fields(arg.annotation, outer):
            if name == attr:
                return self._field(cls, name)
        return ""

    def of_annotation(
        self, annotation: ast.expr, frame: Frame, validated: list[str] | tuple[str, ...] = ()
    ) -> str:
        """What a type allows; ``model`` for a class of the project with fields of its own."""
        match annotation:
            case ast.Constant(value=str() as text):
                parsed = declared.quoted(text)
                return self.of_annotation(parsed, frame, validated) if parsed is not None else "text"
            case ast.Constant(value=None):
                return "closed"
            case ast.BinOp(op=ast.BitOr()):
                return _weakest(
                    self.of_annotation(a, frame, validated) for a in (annotation.left, annotation.right)
                )
            case ast.Call():
                return "limited" if _limits(annotation) else "text"
            case ast.Subscript():
                name = tail(annotation.value)
                inner = (
                    annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
                )
                if name == "Literal":
                    return "closed"
                if name == "Annotated":
                    if any(_limits(extra) for extra in inner[1:]):
                        return "limited"
                    return self.of_annotation(inner[0], frame, validated)
                return _weakest(self.of_annotation(i, frame, validated) for i in inner)
        name = tail(annotation)
        if name in _NUMBERS:
            return "number"
        if name in _CLOSED:
            return "closed"
        if name in _LIMITED_TYPES:
            return "limited"
        for value in self._r.values(annotation, frame):
            if isinstance(value, External) and any(matches(glob, value.name) for glob in validated):
                return "closed"
            if isinstance(value, Class):
                return "closed" if objects.has_enum_base(self._r, value) else "model"
        return "text"

    def _model_fields(self, annotation: ast.expr, frame: Frame) -> list[tuple[Class, str]]:
        found: list[tuple[Class, str]] = []
        for node in ast.walk(annotation):
            if not isinstance(node, (ast.Name, ast.Attribute)):
                continue
            for value in self._r.values(node, frame):
                if isinstance(value, Class):
                    found += [(value, name) for name in datafields.data_fields(self._r, value)]
        return found

    def _field(self, cls: Class, name: str) -> str:
        for base in objects.mro(self._r, cls):
            if not isinstance(base, Class):
                continue
            for binding in base.module.scope(base.node).bindings.get(name, ()):
                if binding.annotation is None:
                    continue
                value = binding.node
                if isinstance(value, ast.Call) and _limits(value):
                    return "limited"
                if _validator(base.node, name):
                    return "limited"
                kind = self.of_annotation(binding.annotation, base.module.frame)
                return "text" if kind == "model" else kind
        return "text"


def _validator(cls: ast.ClassDef, name: str) -> bool:
    """Whether the class has a validator for the field."""
    for statement in cls.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for decorator in statement.decorator_list:
                if (
                    isinstance(decorator, ast.Call)
                    and tail(decorator.func)
                    in (
                        "validator",
                        "field_validator",
                    )
                    and any(isinstance(a, ast.Constant) and a.value in (name, "*") for a in decorator.args)
                ):
                    return True
    return False


def _checker(cls: ast.ClassDef, name: str) -> bool:
    """Whether a form or serializer has a method that checks the field (``validate_question``)."""
    wanted = (f"validate_{name}", f"clean_{name}")
    return any(isinstance(s, ast.FunctionDef) and s.name in wanted for s in cls.body)


def _limits(node: ast.expr) -> bool:
    """Whether a ``Field(...)``-like call limits the value."""
    return (
        isinstance(node, ast.Call)
        and tail(node.func) in _DECLARING
        and any(
            k.arg in _LIMITS and not (isinstance(k.value, ast.Constant) and k.value.value is None)
            for k in node.keywords
        )
    )


def _weakest(kinds: Iterable[str]) -> str:
    found = set(kinds)
    for kind in ("model", "text", "number", "limited"):
        if kind in found:
            return kind
    return "closed"
