"""The text that the offices agreed on: its digest verifies, on the page and in the interface."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from tests.client.anvil import wait_until
from tests.client.consortia import CHARTER
from tests.web.door import Door
from tests.web.served import Client, Served
from tests.web.test_pages_records import page

DIGEST = hashlib.sha256(CHARTER).hexdigest()


def test_the_digest_of_the_charter_verifies(api: Client) -> None:
    assert DIGEST in page(api, "/consortium").text
    found = page(api, f"/verify?sha256={DIGEST}")
    assert found.answers[0] == "match-yes"
    assert "charter of the consortium" in found.text
    assert page(api, f"/verify?sha256={DIGEST}&lang=fr").answers[0] == "match-yes"
    answer = api.get(f"digests/{DIGEST}")
    [match] = answer["data"]["matches"]
    assert (match["kind"], match["version"], match["isPresent"]) == ("charter", 1, True)
    assert (match["ipOfficeCode"], match["officeNumber"]) == (None, None)


def test_another_text_is_not_the_charter(api: Client) -> None:
    other = hashlib.sha256(CHARTER + b" ").hexdigest()
    assert page(api, f"/verify?sha256={other}").answers[0] == "match-unknown"
    assert api.error(f"digests/{other}", 404)["code"] == "not_found"


def test_without_the_node_it_is_not_denied(there: Served) -> None:
    door = Door(urlsplit(there.world.anvil.url).port or 0)
    recorded = there.samples.filed.digest.hex()
    with there.client(node=there.node(door.url)) as client, door.being_shut():
        wait_until(lambda: not client.data("status")["node"]["reachable"], "the node to be missed")
        found = page(client, f"/verify?sha256={DIGEST}")
        assert found.answers[0] == "match-unknown"
        assert "the node that must be asked for that does not answer" in found.text
        assert client.error(f"digests/{DIGEST}", 503)["code"] == "unreachable"
        assert client.data(f"digests/{recorded}")["matches"]
    door.shut()
