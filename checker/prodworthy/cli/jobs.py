"""The value of ``--jobs``."""

from __future__ import annotations

import click


class Jobs(click.ParamType):  # type: ignore[type-arg]
    """A number of processes, or ``auto`` for as many as pay (None)."""

    name = "N|auto"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """As it is written: words of an option's value are in lower case."""
        del param, ctx
        return self.name

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int | None:
        """``value`` as a number."""
        if value == "auto":
            return None
        if not str(value).isdecimal() or int(str(value)) < 1:
            self.fail(f"{value!r} is neither a number of processes nor `auto`", param, ctx)
        return int(str(value))
