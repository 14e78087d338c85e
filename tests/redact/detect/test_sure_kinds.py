"""Organisations, groups and pages: what is surely somebody's is found, and what looks alike stays."""

from __future__ import annotations

import pytest

from prodworthy_redact.detect import Detector
from prodworthy_redact.policy import Policy

DETECTOR = Detector(Policy(names="off"))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The invoice of Hartwell Tooling GmbH is due.", "Hartwell Tooling GmbH"),
        ("a contract with Weber, Klein & Partner LLP", "Weber, Klein & Partner LLP"),
        ("I work at Northwind and live nearby", "Northwind"),
        ("she was hired by Contoso last year", "Contoso"),
        ("my employer is Fabrikam", "Fabrikam"),
        ("Company: Blue Yonder Airlines", "Blue Yonder Airlines"),
        ("the transfer went to First Valley Bank.", "First Valley Bank"),
        ("treated at Lakeside Hospital in May", "Lakeside Hospital"),
        ("this is Ada from Wingtip customer support", "Wingtip"),
    ],
)
def test_organisations_that_show_themselves(text: str, name: str) -> None:
    assert ("ORGANIZATION", name) in found(text)


def test_an_organisation_is_found_again_without_its_legal_form() -> None:
    text = "Tailspin Toys Inc. sells kites. Everybody likes Tailspin Toys."
    assert found(text) == [("ORGANIZATION", "Tailspin Toys Inc."), ("ORGANIZATION", "Tailspin Toys")]


@pytest.mark.parametrize(
    "text",
    [
        "The fix works for Postgres and works at Scale.",
        "Create an Auto Scaling Group and a Data Bank.",
        "Company: required, max 80 characters",
        "Rate Limited: try again later",
        "We work for Free and at Night",
        "SELECT total AS Sum FROM Orders",
        "our Company and its Technologies",
        "Use Kafka Technologies and Redis Labs",
    ],
)
def test_what_only_looks_like_an_organisation_stays(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("I'm Irish and live abroad", "Irish"),
        ("she is a devout Catholic.", "Catholic"),
        ("Nationality: Brazilian", "Brazilian"),
        ("the Kurdish family next door", "Kurdish"),
        ("he has been a registered voter; he is Republican", "Republican"),
        ("of Vietnamese descent", "Vietnamese"),
    ],
)
def test_groups_that_somebody_belongs_to(text: str, group: str) -> None:
    assert found(text) == [("NRP", group)]


@pytest.mark.parametrize(
    "text",
    [
        "Translate it into German.",
        "the French government and an Italian restaurant",
        "Is the English version ready?",
        "use British spelling",
        "it is Polish notation",
    ],
)
def test_languages_dishes_and_governments_stay(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("see linkedin.com/in/jane-doe-4711 for details", "linkedin.com/in/jane-doe-4711"),
        ("https://www.facebook.com/jane.doe.71, please", "https://www.facebook.com/jane.doe.71"),
        ("my website is https://jane.blog/about.", "https://jane.blog/about"),
        ("join https://acme.zoom.us/j/98765432101?pwd=abc", "https://acme.zoom.us/j/98765432101?pwd=abc"),
        ("E-mail: jd@corp.org\nWebsite: https://jd-paints.net", "https://jd-paints.net"),
    ],
)
def test_pages_that_are_somebodys(text: str, url: str) -> None:
    assert ("URL", url) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://docs.python.org/3/library/re.html",
        "https://github.com/pallets/flask/issues/12",
        "https://x.com/settings and https://www.facebook.com/business/help",
        "Website: https://fastapi.tiangolo.com",
        "post to https://api.example.com/v1/users",
        "https://www.linkedin.com/company/acme",
    ],
)
def test_other_pages_stay(text: str) -> None:
    assert found(text) == []


def test_a_policy_that_names_them_gets_all_pages() -> None:
    everything = Detector(Policy(names="off", entities={"URL": "replace"}))
    assert [e.kind for e in everything.find("https://docs.python.org/3/")] == ["URL"]


def test_without_extra_none_of_them_is_looked_for() -> None:
    plain = Detector(Policy(names="off", extra=False))
    assert plain.find("I work at Contoso Inc., I'm Irish, linkedin.com/in/jane-doe") == []


def test_the_address_of_every_machine_is_nobodys() -> None:
    assert found("bind 127.0.0.1, 0.0.0.0 or ::1, not 10.1.2.3") == [("IP_ADDRESS", "10.1.2.3")]


def found(text: str) -> list[tuple[str, str]]:
    return [(entity.kind, text[entity.start : entity.end]) for entity in DETECTOR.find(text)]
