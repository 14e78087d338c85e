"""PW702: a new client, and new connections, for every request."""

from __future__ import annotations

from prodworthy.call import LlmCall
from prodworthy.finding import Severity, TraceStep
from prodworthy.rule import Report, Rule


def check(call: LlmCall, report: Report) -> None:
    """Report a client that is built again for each request or each turn of a loop."""
    if call.span.cell:
        return  # in a notebook nobody else waits
    build = call.around.rebuilt_client
    if build is None:
        return
    when = f"every request to `{build.what}`" if build.where == "handler" else "every turn of a loop"
    report(
        build.span,
        f"a new `{build.name.rpartition('.')[2]}` is built for {when}: its connections are never used again",
        hint="build the client once, at module level or in a cached function, and share it",
        trace=(TraceStep(build.span, "built here"), TraceStep(call.span, "the call that it is for")),
        defect=build.span,
    )


RULE = Rule(
    code="PW702",
    name="client-per-request",
    summary="A client built in a request handler or in a loop",
    severity=Severity.WARNING,
    default=True,
    guide=("Latency: infrastructure", "Horizontal scaling"),
    cwe=(1049,),
    check_call=check,
)
