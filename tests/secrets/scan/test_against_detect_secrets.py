"""Detectors of detect-secrets find what they find without us, and what others cover is found by those."""

from __future__ import annotations

import random
import string
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_keys import ALNUM, HEX, URLSAFE, fake_key
from prodworthy.secrets.known import DETECTORS, Detector, secrets_in
from prodworthy.secrets.scan import scan

if TYPE_CHECKING:
    from detect_secrets.plugins.base import RegexBasedDetector

_LEFT_OUT = {"KeywordDetector", "Base64HighEntropyString", "HexHighEntropyString", "IPPublicDetector"}
_PARTS = (
    *(
        "AKC",
        "APB",
        "AKIA",
        "A3TX",
        "ASIA",
        "aws",
        "AWS_SECRET",
        "AccountKey=",
        "://",
        ":",
        "@",
        "cloudant",
        "cl_api_key",
    ),
    *(
        "clou-pass",
        ".cloudant.com",
        "https://",
        "M",
        ".",
        "ghp_",
        "ghs_",
        "glpat-",
        "GR1348941",
        "glcbt-1f_",
        "glagent-",
    ),
    *(
        "ibm_cloud_iam_key",
        "apikey",
        "password",
        "token",
        "secret_access_key",
        "cos_hmac_secret_key",
        "eyJ",
        "-us12",
    ),
    *(
        "//registry.npmjs.org/:_authToken=",
        "npm_",
        "sk-",
        "T3Blbk" + "FJ",
        "BEGIN RSA PRIVATE KEY",
        "PuTTY-User-Key-File-2",
    ),
    *(
        "pypi-AgEIcHlwaS5vcmc",
        "SG.",
        "xoxb-",
        "1234-",
        "XOXP-",
        "https://hooks.slack.com/services/T",
        "/B",
        "softlayer_api_key",
    ),
    *(
        "sl-token",
        "http://api.softlayer.com/soap/v3/",
        "sq0csp-",
        "sk_live_",
        "rk_live_",
        "123456789:",
        "AC",
        "SK",
        "\u017f",
        "\u0130",
    ),
)
_RUNS = st.sampled_from(
    [HEX, ALNUM, URLSAFE, string.ascii_lowercase, string.digits, string.ascii_uppercase + string.digits]
)
_PIECE = st.one_of(
    st.sampled_from(_PARTS),
    st.sampled_from(
        ["=", " = ", ": ", ":", " => ", '"', "'", "[", "]", '="', "='", " ", "/", "-", "_", "\n", "é"]
    ),
    st.tuples(
        _RUNS, st.sampled_from([6, 10, 16, 20, 22, 24, 27, 32, 35, 36, 40, 43, 44, 48, 64, 88]), st.integers()
    ).map(lambda drawn: "".join(random.Random(drawn[2]).choices(drawn[0], k=drawn[1]))),
)
_LINES = st.lists(_PIECE, min_size=1, max_size=7).map("".join)


def plugin(detector: Detector) -> RegexBasedDetector:
    made: RegexBasedDetector = getattr(
        import_module(f"detect_secrets.plugins.{detector.module}"), detector.name
    )()
    return made


def test_every_detector_of_a_provider_is_known() -> None:
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    classes: dict[str, type] = get_mapping_from_secret_type_to_class()
    theirs = {found.__name__ for found in classes.values()}
    assert {d.name for d in DETECTORS} == theirs - _LEFT_OUT


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: d.name)
def test_asking_only_where_it_can_be_changes_nothing(detector: Detector) -> None:
    theirs = plugin(detector)

    @settings(max_examples=150, deadline=None)
    @given(_LINES)
    def agree(line: str) -> None:
        assert list(secrets_in(detector, line)) == list(theirs.analyze_string(line))

    agree()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("ArtifactoryDetector", f'token = "AKC{fake_key("base62")}"'),
        ("AWSKeyDetector", f"aws_secret_key = '{fake_key('base62')}'"),
        ("AzureStorageKeyDetector", f"AccountKey={fake_key('base62')}{fake_key('base62', 1)}Zk3Pq7=="),
        ("CloudantDetector", f"cloudant_password = '{fake_key('hex64')}'"),
        ("GitLabTokenDetector", f"x: glft-{fake_key('base62')[:20]}"),
        ("IbmCloudIamDetector", f"ibm_cloud_iam_key: {fake_key('base62')}Q7xZ"),
        ("IbmCosHmacDetector", f"cos_hmac_secret_access_key = '{fake_key('hex64')[:48]}'"),
        ("MailchimpDetector", f"key {fake_key('hex')}-us12"),
        ("NpmDetector", f"//registry.npmjs.org/:_authToken=npm_{fake_key('base62')[:36]}"),
        ("SlackDetector", f"xoxs-804131579246-640297531862-{fake_key('hex')}"),
        ("SoftlayerDetector", f"softlayer_api_key: {fake_key('hex64')}"),
        ("TwilioKeyDetector", f"sid SK{fake_key('hex')}"),
    ],
)  # fmt: skip
def test_the_scan_asks_them(name: str, line: str) -> None:
    detector = next(d for d in DETECTORS if d.name == name)
    theirs = list(plugin(detector).analyze_string(line))
    ours = [secret.candidate.secret for secret in scan("deploy.yaml", line.encode())]
    assert theirs
    assert all(any(one in other or other in one for other in ours) for one in theirs), (theirs, ours)
