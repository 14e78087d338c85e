"""What models call names, places, organisations and groups, in presidio's words."""

from __future__ import annotations

import re

_KINDS = {
    "PERSON": "PER PERSON PEOPLE NAME FIRSTNAME GIVENNAME MIDDLENAME LASTNAME SURNAME FULLNAME PATIENT",
    "LOCATION": "LOC LOCATION GPE FAC PLACE ADDRESS CITY TOWN STATE COUNTY COUNTRY STREET STREETNAME"
    " STREETADDRESS BUILDINGNUMBER BUILDINGNUM SECONDARYADDRESS ZIPCODE ZIP POSTCODE",
    "ORGANIZATION": "ORG ORGANIZATION ORGANISATION COMPANY COMPANYNAME CORPORATION EMPLOYER HOSPITAL",
    "NRP": "NORP NRP NATIONALITY RELIGION",
}
_KNOWN = {label: kind for kind, labels in _KINDS.items() for label in labels.split()}
_POSITION = re.compile(r"^[BILESU]-")


def kind_of_label(label: str) -> str:
    """The kind that ``B-PER``, ``GIVEN_NAME`` or ``FirstName`` stands for; empty for any other label."""
    plain = _POSITION.sub("", label)
    return _KNOWN.get(re.sub(r"[^A-Za-z]", "", plain).upper(), "")
