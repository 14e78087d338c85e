"""Where text from outside comes from, framework by framework."""

from __future__ import annotations

from collections.abc import Iterator

from _generate.markdown import code, table
from _generate.markdown import source as link
from _generate.models import read_all
from prodworthy.model.schema import FrameworkModel, SourceModel

_HOW = (
    ("values", "values"),
    ("calls", "results of"),
    ("shapes", "results of methods named"),
    ("annotations", "parameters annotated"),
    ("handlers", "parameters of functions decorated with"),
    ("methods", "parameters of the overridden methods"),
    ("callbacks", "parameters of functions given to"),
    ("parameters", "parameters named"),
)


def pages() -> Iterator[tuple[str, str]]:
    """One page: a section for every framework."""
    models = sorted(read_all("frameworks", FrameworkModel), key=lambda model: model.name)
    parts = ["""# Sources of untrusted text

Values that somebody outside the program decides. Rules about prompts ([PW401](rules/unvalidated_input.md),
[PW402](rules/untrusted_system_prompt.md) and others) follow them from here to a call. `*` in a name stands
for any number of parts. Functions of your own are declared in `[tool.prodworthy.models.sources]`.
"""]  # fmt: skip
    parts += (f"## {model.name}\n\n{_section(model)}" for model in models)
    yield "reference/sources.md", "\n".join(parts)


def _section(model: FrameworkModel) -> str:
    head = ("kind", "what", "trusted parts", "documented")
    rows = ((source.kind, _what(source), code(source.clean), link(source.docs)) for source in model.source)
    return f"Import roots: {code(model.roots)}.\n\n{table(head, rows)}"


def _what(source: SourceModel) -> str:
    told = ((title, getattr(source, key)) for key, title in _HOW)
    return "; ".join(f"{title} {code(names)}" for title, names in told if names)
