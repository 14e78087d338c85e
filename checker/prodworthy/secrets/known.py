"""The detectors of detect-secrets, each asked only where its secret can stand.

Loading detect-secrets takes longer than most runs, so what a match needs is told here by an expression
of our own, no wider than it has to be, and the detector is loaded when it first holds.
Checked with detect-secrets 1.5: tests compare what is found on generated and on awkward lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from prodworthy.secrets.candidate import Candidate, Evidence
from prodworthy.secrets.windows import Window

if TYPE_CHECKING:
    from detect_secrets.plugins.base import RegexBasedDetector


@dataclass(frozen=True, slots=True)
class Detector:
    """One class of detect-secrets.

    Attributes:
        module, name: where it is, below ``detect_secrets.plugins``.
        words, folded: one of these is in every text in which it finds something, ``folded`` ones in any case.
        needs: what else is in every such text.
        label: what a message calls its secret.
        shortest: how long a run of letters, digits and ``_-+/`` is in every such text, at least.
        covered: `structures` or the shapes of credentials find all that it finds; kept for comparison.
    """

    module: str
    name: str
    words: tuple[str, ...]
    needs: str
    label: str
    shortest: int = 0
    folded: tuple[str, ...] = ()
    covered: bool = False


_SHORT = 16
_ASSIGNED = r"[\"']?\]? *(?:=|:|=>| ) *[\"']?"

DETECTORS = (
    Detector(
        "artifactory",
        "ArtifactoryDetector",
        ("AKC", *(f"AP{digit}" for digit in "0123456789ABCDEF")),
        r"(?:[\s=:\"]|^)(?:AKC[a-zA-Z0-9]{10}|AP[\dA-F][a-zA-Z0-9]{8})",
        "Artifactory credential",
    ),
    Detector(
        "aws",
        "AWSKeyDetector",
        ("A3T", "ABIA", "ACCA", "AKIA", "ASIA"),
        r"(?:A3T|ABIA|ACCA|AKIA|ASIA)[0-9A-Z]{16}|(?i:aws.{0,50}[\"'][0-9a-z/+]{40}[\"'])",
        "AWS key",
        folded=("aws",),
        shortest=20,
    ),
    Detector(
        "azure_storage_key",
        "AzureStorageKeyDetector",
        ("AccountKey=",),
        "AccountKey=",
        "Azure storage key",
        shortest=80,
    ),
    Detector("basic_auth", "BasicAuthDetector", ("://",), "://", "password in a URL", covered=True),
    Detector(
        "cloudant",
        "CloudantDetector",
        (),
        r"(?i:(?:cloudant|cl|clou)[_-]?(?:api)?(?:key|pwd|pw|pass|token)|cloudant\.com)",
        "Cloudant credential",
        folded=("cl",),
        shortest=24,
    ),
    Detector(
        "discord",
        "DiscordBotTokenDetector",
        (".",),
        r"[MNO][a-zA-Z\d_-]{23,25}\.",
        "Discord bot token",
        covered=True,
    ),
    Detector("github_token", "GitHubTokenDetector", ("gh",), r"gh[pousr]_", "GitHub token", covered=True),
    Detector(
        "gitlab_token",
        "GitLabTokenDetector",
        ("gl", "GR1348941"),
        r"gl(?:pat|dt|ft|soat|rt|cbt|imt|ptt|agent|oas)-[A-Za-z0-9_-]{20}|GR1348941",
        "GitLab token",
        shortest=24,
    ),
    Detector(
        "ibm_cloud_iam",
        "IbmCloudIamDetector",
        (),
        rf"(?i:(?:key|pwd|pass|password|token){_ASSIGNED}[a-z0-9_-]{{44}})",
        "IBM Cloud IAM key",
        folded=("key", "pwd", "pass", "token"),
        shortest=44,
    ),
    Detector(
        "ibm_cos_hmac",
        "IbmCosHmacDetector",
        (),
        rf"(?i:secret[-_]?(?:access)?[-_]?key{_ASSIGNED}[a-f0-9]{{48}})",
        "IBM COS HMAC credential",
        folded=("secret",),
        shortest=48,
    ),
    Detector("jwt", "JwtTokenDetector", ("eyJ",), "eyJ", "JSON web token", covered=True),
    Detector(
        "mailchimp", "MailchimpDetector", ("-us",), r"[0-9a-z]{32}-us\d", "Mailchimp API key", shortest=32
    ),
    Detector("npm", "NpmDetector", ("/:_authToken=",), "/:_authToken=", "npm token"),
    Detector("openai", "OpenAIDetector", ("T3BlbkFJ",), "T3BlbkFJ", "OpenAI API key", covered=True),
    Detector(
        "private_key",
        "PrivateKeyDetector",
        ("PRIVATE KEY", "PuTTY-User-Key-File-2"),
        "KEY|Key",
        "private key",
        covered=True,
    ),
    Detector("pypi_token", "PypiTokenDetector", ("pypi-AgE",), "pypi-AgE", "PyPI token", covered=True),
    Detector("sendgrid", "SendGridDetector", ("SG.",), r"SG\.", "SendGrid API key", covered=True),
    Detector(
        "slack",
        "SlackDetector",
        (),
        r"(?i:xox[abposr]-\d|hooks\.slack\.com/services/T)",
        "Slack token",
        folded=("xox", "hooks.slack.com/services/t"),
    ),
    Detector(
        "softlayer",
        "SoftlayerDetector",
        (),
        r"(?i:(?:softlayer|sl)[_-]?(?:api)?[_-]?(?:key|pwd|pass|token)|api.softlayer.com)",
        "SoftLayer credential",
        folded=("softlayer", "sl"),
        shortest=64,
    ),
    Detector("square_oauth", "SquareOAuthDetector", ("sq0csp-",), "sq0csp-", "Square secret", covered=True),
    Detector("stripe", "StripeDetector", ("k_live_",), "[rs]k_live_", "Stripe live key", covered=True),
    Detector(
        "telegram_token",
        "TelegramBotTokenDetector",
        (":",),
        r"\d{8}:[0-9A-Za-z_-]{35}",
        "Telegram bot token",
        covered=True,
    ),
    Detector(
        "twilio", "TwilioKeyDetector", ("AC", "SK"), r"(?:AC|SK)[a-z0-9]{32}", "Twilio key", shortest=34
    ),
)
"""Every detector of one provider's secrets. Not among them: those that guess by a keyword or by entropy, and
public IP addresses."""


def detectors_for(text: str) -> tuple[Detector, ...]:
    """The detectors that can find something in ``text`` that no other module here looks for."""
    lowered = text.lower()
    return tuple(d for d in DETECTORS if not d.covered and _has_word(d, text, lowered))


def known(window: Window, detectors: Sequence[Detector]) -> Iterator[Candidate]:
    """What ``detectors`` find in ``window``."""
    longest = max((end - start for start, end in window.tokens), default=0)
    lowered = window.text.lower()
    for detector in detectors:
        if detector.shortest > longest:
            continue
        for found in _asked(detector, window.text, lowered):
            secret = found.strip("\"' =:\t")
            start = window.text.index(secret)
            # some of its expressions give a part of the match only: the prefix
            whole = next((token for token in window.tokens if token[0] <= start < token[1]), None)
            if whole is not None and len(secret) < _SHORT:
                start, secret = whole[0], window.text[slice(*whole)]
            first = window.start + start
            yield Candidate(detector.label, secret, first, first + len(secret), Evidence.KNOWN)


def secrets_in(detector: Detector, text: str) -> Iterator[str]:
    """What ``detector`` finds in ``text``, asked only if there can be something."""
    yield from _asked(detector, text, text.lower())


def _asked(detector: Detector, text: str, lowered: str) -> Iterable[str]:
    if _has_word(detector, text, lowered) and _need(detector.needs).search(text) is not None:
        return _load(detector).analyze_string(text)
    return ()


def _has_word(detector: Detector, text: str, lowered: str) -> bool:
    # this runs for every window: loops are twice as fast as any()
    for word in detector.words:
        if word in text:
            return True
    for word in detector.folded:  # noqa: SIM110
        if word in lowered:
            return True
    return False


@cache
def _need(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


@cache
def _load(detector: Detector) -> RegexBasedDetector:
    found: RegexBasedDetector = getattr(
        import_module(f"detect_secrets.plugins.{detector.module}"), detector.name
    )()
    return found
