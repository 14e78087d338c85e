"""Tables of the configuration: found next to the code, and judged so that a mistake names its key."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from prodworthy_redact.errors import PolicyError


class Table(BaseModel):
    """A table in which an unknown key is an error; ``on-error`` is ``on_error``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _hyphens(cls, data: object) -> object:
        """The other tables of the configuration have hyphens."""
        if not isinstance(data, dict):
            return data
        return {k.replace("-", "_") if isinstance(k, str) else k: v for k, v in data.items()}


def read_tables(
    start: str | Path | None, names: Collection[str]
) -> tuple[Path, dict[str, dict[str, object]]]:
    """The tables ``names`` of a file, or of the nearest configuration at or above a folder (default: here).

    Raises:
        PolicyError: names the file and what is wrong with it.
    """
    start = Path(start) if start is not None else Path.cwd()
    if start.is_file():
        return start, _tables(start, names) or {}
    if not start.is_dir():
        raise PolicyError(f"{start}: no such file or folder")
    for file in _candidates(start.resolve()):
        tables = _tables(file, names)
        if tables is not None:
            return file, tables
    return start, {}


def complaints(
    error: ValidationError, table: type[BaseModel], inside: Mapping[str, type[BaseModel]] | None = None
) -> Iterator[str]:
    """What is wrong, one line for each key.

    Args:
        error: what pydantic says.
        table: the table it was about.
        inside: key -> the table that its value is, or is made of.
    """
    for item in error.errors():
        place = ".".join(str(part) for part in item["loc"])
        if item["type"] == "extra_forbidden":
            owner = (inside or {}).get(str(item["loc"][0]), table) if len(item["loc"]) > 1 else table
            yield unknown("key", place, tuple(sorted(owner.model_fields)))
        else:
            message = item["msg"].removeprefix("Value error, ")
            yield f"`{place}`: {message[:1].lower()}{message[1:]}" if place else message


def unknown(what: str, name: str, known: Collection[str]) -> str:
    """The complaint about a name that nobody knows, with the nearest that is known."""
    last = name.rpartition(".")[2]
    close = difflib.get_close_matches(last, sorted(known), 1, 0.5)
    hint = f"did you mean `{close[0]}`?" if close else f"known are {', '.join(sorted(known))}"
    return f"unknown {what} `{name}`; {hint}"


def _candidates(start: Path) -> Iterator[Path]:
    for folder in (start, *start.parents):
        yield from (f for name in ("prodworthy.toml", "pyproject.toml") if (f := folder / name).is_file())
        if (folder / ".git").exists():
            return


def _tables(file: Path, names: Collection[str]) -> dict[str, dict[str, object]] | None:
    """The tables of a file; None where a pyproject.toml says nothing of prodworthy."""
    try:
        data: object = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise PolicyError(f"{file}: cannot be read: {error.strerror or error}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(f"{file}: not valid TOML: {error}") from error
    for key in ("tool", "prodworthy") if file.name == "pyproject.toml" else ():
        data = data.get(key) if isinstance(data, dict) else None
    if not isinstance(data, dict):
        return None
    found = {name: data[name] for name in names if name in data}
    for name, table in found.items():
        if not isinstance(table, dict):
            raise PolicyError(f"{file}: `{name}` must be a table")
    return found
