"""Speed of detection, beside stock presidio and beside other redactors.

    python benchmarks/redact.py [--peers] [--names] [--quick]

Texts are made up here: clean prose, prose dense with personal data, and a chat of 50 turns whose history
is sent again with each turn; 100 B to 100 KB. Times are processor time, the best of several runs. Beside
presidio only what presidio does as well is done: no credentials, no expressions of our own. With ``--peers``
each is installed into a virtual environment of its own below ``--peers-folder`` and asked for the same
texts; one that does not install or run is named with its error. ``left`` is the share of planted values left.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import resource
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer, RecognizerRegistry

Redact = Callable[[str], str]
SIZES = (100, 1_000, 10_000, 100_000)
TARGETS = {("clean", 1_000): 20.0, ("dense", 1_000): 4.0, ("dense", 100_000): 4.0}

PROSE = (
    "The deployment went out on Tuesday and everything looked fine until the cache evicted entries. ",
    "We looked at the dashboards and noticed that version 2 of the worker still ran in one of the zones. ",
    "After 15 minutes we rolled back, and the error rate dropped from 4.2 percent to nearly zero. ",
    "Please summarise what happened, list three lessons, and propose follow-up tasks with estimates. ",
    "Keep it short and friendly; the audience is the whole team, and some don't know the system well. ",
)
DENSE = (
    "my ssn is {ssn}, ", "write to {mail} ", "call {phone} after 5, ", "the card {card} expired, ",
    "on 2024-0{d}-1{d}, ", "from 10.1{d}.2.{d} ", "at {d}{d} Main St SW1A {d}AA, ",
    "please look at this one again and tell me what you think, ",
)  # fmt: skip

PEERS = {
    "gorget": """
from gorget.input_scanners import Anonymize
from gorget.vault import Vault
scanner = Anonymize(Vault())
redact = lambda text: scanner.scan(text)[0]
""",
    "llm-guard": """
from llm_guard.input_scanners import Anonymize
from llm_guard.vault import Vault
scanner = Anonymize(Vault())
redact = lambda text: scanner.scan(text)[0]
""",
    "piighost": """
import asyncio
from piighost.components import detector
from piighost.pipeline import AnonymizationPipeline
patterns = {  # it ships none; these were written for this comparison
    "EMAIL": r"[\\w.+-]+@[\\w-]+\\.[\\w.]+",
    "PHONE": r"\\(\\d{3}\\) \\d{3}-\\d{4}",
    "SSN": r"\\d{3}-\\d{2}-\\d{4}",
}
pipeline = AnonymizationPipeline(detector.RegexDetector(patterns))
redact = lambda text: asyncio.run(pipeline.anonymize(text)).text
""",
    "maskflow-sdk": """
import maskflow
redact = lambda text: maskflow.mask(text).masked_text
""",
    "cloakllm": """
from cloakllm import Shield
shield = Shield()
redact = lambda text: shield.sanitize(text)[0]
""",
    "veil-pii": """
from veil import Masker
redact = lambda text: Masker().mask(text)
""",
    "fastguard": """
from fastguard import PIIGuard
redact = lambda text: PIIGuard().sanitize_prompt(text)
""",
}


def main() -> None:
    """Prints the tables; exit status 1 where a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--peers-folder", type=Path, default=Path(".benchmark-peers"))
    parser.add_argument("--names", action="store_true", help="with the model for names, on both sides")
    parser.add_argument("--quick", action="store_true", help="fewer runs")
    parser.add_argument("--as-peer", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    if arguments.as_peer:
        _as_peer(arguments.as_peer)
        return
    _start_up()
    missed = _against_presidio(arguments.names, 3 if arguments.quick else 7)
    missed += _chat()
    if arguments.peers:
        _against_peers(arguments.peers_folder)
    print("\nall targets met" if not missed else f"\nmissed: {', '.join(missed)}")
    sys.exit(bool(missed))


def text(kind: str, size: int, seed: int) -> tuple[str, list[str]]:
    """A text and the values planted in it."""
    source, pieces, values, length = random.Random(f"{kind}{size}{seed}"), [], [], 0
    while length < size:
        pool = PROSE if kind == "clean" or (kind == "chat" and source.random() < 0.7) else DENSE
        made = {
            "ssn": f"{source.randint(100, 665)}-{source.randint(10, 99)}-{source.randint(1000, 9999)}",
            "mail": f"jane.{source.randint(1, 999)}@corp{source.randint(1, 99)}.org",
            "phone": f"(212) 5{source.randint(10, 99)}-01{source.randint(10, 99)}",
            "card": _card(source),
        }
        template = source.choice(pool)
        values += [value for name, value in made.items() if f"{{{name}}}" in template]
        pieces.append(template.format(d=source.randint(1, 9), **made))
        length += len(pieces[-1])
    whole = "".join(pieces)[:size]
    return whole, [value for value in values if value in whole]


def _card(source: random.Random) -> str:
    digits = [4, *(source.randint(0, 9) for _ in range(14))]
    total = sum(d if i % 2 else (d * 2 - 9 if d > 4 else d * 2) for i, d in enumerate(digits))
    number = "".join(map(str, [*digits, -total % 10]))
    return " ".join(number[i : i + 4] for i in range(0, 16, 4))


def _detector(names: bool = False, cache: int = 0, whole: bool = True) -> Callable[[str], object]:
    """A detector, warm; without ``whole`` it does what presidio does and no more."""
    from prodworthy_redact.detect import Detector
    from prodworthy_redact.policy import Policy
    from prodworthy_redact.warm import warm

    everything = {"URL": "replace", "UUID": "replace"}  # as presidio does
    wanted = "required" if names else "off"
    policy = Policy(entities=everything, names=wanted, cache_size=cache, extra=whole, credentials=whole)
    detector = Detector(policy)
    warm(detector)
    return detector.find


def _presidio(names: bool, same: bool = False) -> Callable[[str], object]:
    """Stock presidio; with ``same``, its regional recognizers that are off as it comes run as well."""
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NlpEngineProvider, NoOpNlpEngine

    from prodworthy_redact.names import spacy

    vars(tldextract)["extract"] = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    if names:
        models = [{"lang_code": "en", "model_name": next(spacy.installed())}]
        provider = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models})
        analyzer = AnalyzerEngine(nlp_engine=provider.create_engine())
    else:
        engine = NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "none"}])
        engine.load()
        registry = RecognizerRegistry()
        registry.load_predefined_recognizers(languages=["en"])
        registry.remove_recognizer("SpacyRecognizer")
        if same:
            _complete(registry)
        analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine)
    return lambda value: analyzer.analyze(value, "en")


def _complete(registry: RecognizerRegistry) -> None:
    from prodworthy_redact.detect import presidio
    from prodworthy_redact.kinds import catalogue

    known = {str(vars(recognizer)["name"]) for recognizer in registry.recognizers}
    for entry in catalogue().recognizers:
        if entry.region in ("", "us", "uk") and not entry.on_request and entry.name not in known:
            registry.add_recognizer(cast("EntityRecognizer", presidio.build(entry, "en")))


def _against_presidio(names: bool, rounds: int) -> list[str]:
    sides = (_detector(names, whole=False), _presidio(names), _presidio(names, same=True))
    print(f"\nms per KB, {'with names' if names else 'patterns alone'}; `same`: with our recognizers")
    print("  text      bytes   prodworthy    presidio   times        same   times")
    missed = []
    for kind in ("clean", "dense", "chat"):
        for size in SIZES:
            best = [float("inf")] * len(sides)
            for seed in range(rounds if size < SIZES[-1] else 2):
                value = text(kind, size, seed)[0]
                repeat = max(1, 4_000 // size)
                for side, find in enumerate(sides):
                    find(value)
                    best[side] = min(best[side], _seconds(find, value, repeat))
            ratio = best[1] / best[0]
            target = TARGETS.get((kind, size)) if not names else None
            note = f"   target {target:.0f}" if target else ""
            ms = [seconds * 1e6 / size for seconds in best]
            row = f"{ms[0]:>12.3f} {ms[1]:>11.3f} {ratio:>7.1f} {ms[2]:>11.3f} {best[2] / best[0]:>7.1f}"
            print(f"  {kind:<6} {size:>8} {row}{note}")
            if target and ratio < target:
                missed.append(f"{kind} {size}: {ratio:.1f} of {target:.0f} times")
    return missed


def _seconds(find: Callable[[str], object], value: str, repeat: int) -> float:
    start = time.process_time()
    for _ in range(repeat):
        find(value)
    return (time.process_time() - start) / repeat


def _chat() -> list[str]:
    """Each turn sends the whole history; what a message costs must not depend on when it comes."""
    messages = [text("chat", 1_000, seed)[0] for seed in range(50)]
    early, late = _turns(messages, range(1, 11)), _turns(messages[::-1], range(39, 49))
    ratio = late / early
    print(f"\nchat: turns 2-11 {early * 1e3:.2f} ms, then as 40-49 {late * 1e3:.2f} ms: {ratio:.2f}")
    return [] if ratio <= 1.15 else [f"chat: {ratio:.2f} of 1.15"]


def _turns(messages: list[str], measured: range) -> float:
    best = float("inf")
    for _ in range(7):
        find, spent = _detector(cache=2_048), 0.0
        for number in range(measured.stop):
            start = time.process_time()
            for message in messages[: number + 1]:
                find(message)
            spent += (time.process_time() - start) * (number in measured)
        best = min(best, spent)
    return best


def _start_up() -> None:
    print("start-up            seconds   RSS in MB")
    for name, code in (
        ("prodworthy, warm", "import benchmark; benchmark._detector()"),
        ("presidio patterns", "import benchmark; benchmark._presidio(False)"),
    ):
        script = (
            "import importlib.util, resource, sys, time\nstart = time.perf_counter()\n"
            f"spec = importlib.util.spec_from_file_location('benchmark', {__file__!r})\n"
            "benchmark = importlib.util.module_from_spec(spec); sys.modules['benchmark'] = benchmark\n"
            f"spec.loader.exec_module(benchmark)\n{code}\n"
            "print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
        )
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True
        )
        seconds, memory = map(float, done.stdout.split())
        print(f"  {name:<18} {seconds:>6.2f} {memory:>10.0f}")


def _against_peers(folder: Path) -> None:
    print("\npeers, ms per KB (clean 1 KB, dense 1 KB, dense 10 KB) and the share of planted values left")
    find = _detector()

    def redact(value: str) -> str:
        for entity in reversed(find(value)):  # type: ignore[call-overload]
            value = f"{value[: entity.start]}<{entity.kind}>{value[entity.end :]}"
        return value

    _print_peer("prodworthy", _measured(redact))
    for peer in PEERS:
        home = folder / peer
        python = home / "bin" / "python"
        if not python.exists():
            venv.create(home, with_pip=True)
        installed = subprocess.run(
            [python, "-m", "pip", "install", "-q", peer], capture_output=True, text=True, check=False
        )
        if installed.returncode:
            print(f"  {peer:<14} does not install: {installed.stderr.strip().splitlines()[-1][:90]}")
            continue
        command = [str(python), "-W", "ignore", __file__, "--as-peer", peer]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            print(f"  {peer:<14} does not run: {reason[:90]}")
        else:
            _print_peer(peer, json.loads(done.stdout.strip().splitlines()[-1]))


def _as_peer(peer: str) -> None:
    """Inside the peer's own environment."""
    space: dict[str, Redact] = {}
    exec(PEERS[peer], space)
    print(json.dumps(_measured(space["redact"])))


def _measured(redact: Redact) -> dict[str, float]:
    redact(text("dense", 1_000, 99)[0])
    measured: dict[str, float] = {}
    left = planted = 0
    for kind, size in (("clean", 1_000), ("dense", 1_000), ("dense", 10_000)):
        best = float("inf")
        for seed in range(5):
            value, values = text(kind, size, seed)
            start = time.process_time()
            safe = redact(value)
            best = min(best, time.process_time() - start)
            left += sum(v in safe for v in values)
            planted += len(values)
        measured[f"{kind} {size}"] = best * 1e6 / size
    measured["left"] = left / planted
    measured["rss"] = _memory()
    return measured


def _memory() -> float:
    """The most memory this process had, in MB; `getrusage` would count the parent's as well."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def _print_peer(name: str, measured: dict[str, float]) -> None:
    speeds = "".join(f"{measured[key]:>10.3f}" for key in ("clean 1000", "dense 1000", "dense 10000"))
    print(f"  {name:<14}{speeds}   left {measured['left']:.2f}   {measured['rss']:.0f} MB")


if __name__ == "__main__":
    main()
