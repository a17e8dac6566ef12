"""What the interface says of offices that are no members: that nothing can be said, at every address that takes one."""

from __future__ import annotations

import re
from typing import Any

from tests.web.served import Client

NO_MEMBER = "DE"
_IN_PLACE = {
    "ipOfficeCode": NO_MEMBER,
    "ipRight": "T",
    "number": "30 2024 012 345",
    "account": "0x" + "ab" * 20,
    "year": "2024",
    "sequence": "1",
}


def addresses(api: Client, where: str) -> list[str]:
    """The addresses of the document that take an office, in their path or as a parameter."""
    found = []
    for path, methods in api.get("openapi.json")["paths"].items():
        parameters = methods.get("get", {}).get("parameters", [])
        if any((each["name"], each["in"]) == ("ipOfficeCode", where) for each in parameters):
            found.append(path)
    return found


def filled(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: _IN_PLACE[found[1]], path)


def code(error: Any) -> tuple[str, bool]:
    return error["code"], NO_MEMBER in error["message"]


def test_of_an_office_that_is_no_member_nothing_is_said(api: Client) -> None:
    found = addresses(api, "path")
    assert len(found) >= 9
    for path in found:
        assert code(api.error(filled(path), 404)) == ("not_covered", True), path


def test_a_list_of_an_office_that_is_no_member_is_not_empty_but_refused(api: Client) -> None:
    found = addresses(api, "query")
    assert len(found) >= 5
    for path in found:
        assert code(api.error(path, 404, ipOfficeCode=NO_MEMBER)) == ("not_covered", True), path


def test_proofs_of_an_office_that_is_no_member(api: Client) -> None:
    assert code(api.error(f"proofs/{NO_MEMBER}/T/302024012345", 404)) == ("not_covered", True)
