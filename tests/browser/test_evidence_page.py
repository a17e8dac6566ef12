"""Evidence in the browser: the page that works from disk without any network, and the same check on the explorer.

What runs where: every vector of `verifier/vectors/index.json` runs through the page's own modules in Node.js
(`verifier/web/run.mjs`); a few of them, one of each verdict, run in the built page and on the explorer, where choosing,
dropping, keyboard, policy and accessibility are what is looked at.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from registrum.proofs.merkle import MerkleTree
from registrum.web.texts import keys_of, texts
from tests.browser.accessibility import assert_accessible, assert_fits_its_window
from tests.browser.conftest import PHONE, TIMEOUT_MS, Pages
from tests.browser.site import DOCUMENT
from tests.cli.support import ROOT, TIMEOUT_S
from tests.client.proof_samples import plain_leaves, proof_of

VERIFIER = ROOT / "verifier"
PAGE = VERIFIER / "verify.html"
VECTORS = VERIFIER / "vectors"
RUN = VERIFIER / "web" / "run.mjs"
BUILD = ROOT / "tools" / "build_verifier.py"
NODE = shutil.which("node") or "node"
HOSTILE = "<img src=x onerror=alert(1)>\u202egnp.json"
DROP_FILES = """
([selector, files]) => {
  const carried = new DataTransfer();
  for (const [name, text] of files) {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    carried.items.add(new File([bytes], name));
  }
  const zone = document.querySelector(selector);
  zone.dispatchEvent(new DragEvent("drop", {dataTransfer: carried, bubbles: true, cancelable: true}));
}
"""


@dataclass(frozen=True)
class Vector:
    """A file that all verifiers must judge alike; `failed` is None as well where it is left open what fails first."""

    file: str
    trust: str | None
    expect: str
    failed: str | None
    about: str
    document: str | None = None

    @property
    def path(self) -> Path:
        return VECTORS / self.file

    @property
    def beside(self) -> dict[str, Path]:
        """What the file is compared with, by the name of the page's input."""
        given = {"trust": self.trust, "document": self.document}
        return {name: VECTORS / file for name, file in given.items() if file}


VECTOR_LIST = [Vector(**entry) for entry in json.loads((VECTORS / "index.json").read_text(encoding="utf-8"))]


@cache
def reports() -> list[dict[str, Any]]:
    """The report on each vector, of one run."""
    done = subprocess.run(
        [NODE, RUN, "--vectors", VECTORS / "index.json"], capture_output=True, text=True, check=True, timeout=TIMEOUT_S
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def bundle(verdict: str) -> Vector:
    """The first bundle with a verdict; of those refused, one of whose statements is at fault."""
    return next(one for one in VECTOR_LIST if one.expect == verdict and one.failed in (None, "statements", "facts"))


def failed_check(report: dict[str, Any]) -> tuple[str | None, str]:
    return next(((one["name"], one["detail"]) for one in report["checks"] if one["status"] == "failed"), (None, ""))


# In Node.js


@pytest.mark.parametrize("place", range(len(VECTOR_LIST)), ids=[one.file for one in VECTOR_LIST])
def test_every_vector_is_judged_as_it_should_be(place: int) -> None:
    vector, report = VECTOR_LIST[place], reports()[place]
    name, detail = failed_check(report)
    assert report["verdict"] == vector.expect, f"{vector.about}: {name}: {detail}"
    assert (name is None) == (vector.expect != "refused")
    if vector.failed is not None:
        assert name == vector.failed, f"{vector.about}: {detail}"
    assert all(check["rule"] for check in report["checks"])


def test_the_vectors_hold_every_verdict() -> None:
    assert {one.expect for one in VECTOR_LIST} == {"verified", "consistent", "refused"}


PROOF = proof_of(MerkleTree.build(plain_leaves(11)), 4)
PROOF_CHANGES = {
    "form": ('"leafIndex"', '"leafIndex": 4, "leafIndex"'),
    "number": (f'"{PROOF.number.text}"', '"EM/T/000000001"'),
    "office": ('"office": "EM"', '"office": "FR"'),
    "path_length": ('"leafCount": 11', '"leafCount": 110'),
    "inclusion": ('"filingDate": "2024-01-31"', '"filingDate": "2024-01-30"'),
    "signature": ('"sequence": 1', '"sequence": 2'),
}


def proof_report(tmp_path: Path, text: str) -> dict[str, Any]:
    file = tmp_path / "proof.json"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run([NODE, RUN, file], capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    report: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (1 if report["verdict"] == "refused" else 0), done.stderr
    return report


def test_a_proof_file_is_consistent_and_never_more(tmp_path: Path) -> None:
    report = proof_report(tmp_path, PROOF.to_json())
    assert report["verdict"] == "consistent"
    statuses = {check["name"]: check["status"] for check in report["checks"]}
    assert statuses["inclusion"] == statuses["signature"] == "passed"
    assert statuses["recorded"] == statuses["signer"] == "not_checked"


@pytest.mark.parametrize("check", PROOF_CHANGES)
def test_a_changed_proof_file_is_refused(tmp_path: Path, check: str) -> None:
    before, after = PROOF_CHANGES[check]
    text = PROOF.to_json()
    assert text.count(before) == 1
    report = proof_report(tmp_path, text.replace(before, after))
    assert report["verdict"] == "refused"
    assert failed_check(report)[0] == check


def test_the_catalogue_has_the_words_of_the_page() -> None:
    module = (VERIFIER / "web" / "words.js").as_uri()
    script = f"import {{ WORDS }} from {json.dumps(module)}; console.log(JSON.stringify(WORDS));"
    done = subprocess.run([NODE, "--input-type=module", "-e", script], capture_output=True, text=True, check=True)
    start = "evidence-"
    keys = [key for key in keys_of("en") if key.startswith(start)]
    assert {key.removeprefix(start): texts("en")(key).unescape() for key in keys} == json.loads(done.stdout)


# The page from disk


def test_the_page_is_what_its_modules_give() -> None:
    done = subprocess.run([sys.executable, BUILD, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_page_can_load_nothing() -> None:
    text = PAGE.read_text(encoding="utf-8")
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
    assert policy is not None
    assert {"default-src 'none'", "connect-src 'none'", "form-action 'none'"} <= set(policy[1].split("; "))
    assert "unsafe" not in policy[1]
    assert text.count("<script") == 1
    assert not re.search(r"<[^>]*\s(?:on\w+|src|href|style)=(?!\"#)", text.partition("<script")[0])


@pytest.fixture
def asked() -> list[str]:
    """Addresses that the page from disk asked for, but for its own."""
    return []


@pytest.fixture
def disk(browser: Browser, asked: list[str]) -> Iterator[Pages]:
    """Opens the page from disk with the network off."""
    opened = Pages(browser, PAGE.as_uri())
    yield opened
    opened.close()
    assert not opened.complaints(), "\n".join(opened.complaints())
    assert asked == []


def from_disk(disk: Pages, asked: list[str], **options: Any) -> Page:
    page = disk.open(offline=True, **options)
    context: BrowserContext = page.context

    def note(request: Request) -> None:
        if request.url != PAGE.as_uri():
            asked.append(request.url)

    context.on("request", note)
    context.route(re.compile(r"^(?!file:)"), lambda route: route.abort())
    page.goto(PAGE.as_uri())
    return page


def judged(page: Page, verdict: str) -> None:
    expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", verdict, timeout=TIMEOUT_MS)


def choose(page: Page, vector: Vector) -> None:
    for name, path in vector.beside.items():
        page.locator(f"input#{name}").set_input_files(path)
    page.get_by_label("Bundle or proof file").set_input_files(vector.path)


@pytest.mark.parametrize("verdict", ["verified", "consistent", "refused"])
def test_a_bundle_of_each_verdict(disk: Pages, asked: list[str], verdict: str) -> None:
    vector = bundle(verdict)
    page = from_disk(disk, asked)
    choose(page, vector)
    judged(page, verdict)
    if vector.failed:
        line = page.locator(f"[data-check='{vector.failed}']")
        expect(line).to_have_attribute("data-status", "failed")
        expect(page.locator("[data-check]").last).to_have_attribute("data-check", vector.failed)
    else:
        expect(page.get_by_role("region", name="What the file states")).to_be_visible()
        expect(page.locator("[data-check='facts']")).to_have_attribute("data-status", "passed")
    expect(page.get_by_role("status")).to_contain_text(vector.file)
    assert_accessible(page)


def test_a_claim_is_said_to_be_what_the_maker_put_in(disk: Pages, asked: list[str]) -> None:
    page = from_disk(disk, asked)
    choose(page, next(one for one in VECTOR_LIST if one.file == "claim-valid.registrum.zip"))
    judged(page, "verified")
    stated = page.get_by_role("region", name="What the file states")
    expect(stated).to_contain_text(
        re.compile(r"Were a later application \(T\) filed at [A-Z]{2} on [\d-]{10}, .*: valid\.")
    )
    expect(stated).to_contain_text("are what the maker of the file put in")


def test_what_was_not_checked_stands_beside_the_verdict(disk: Pages, asked: list[str]) -> None:
    page = from_disk(disk, asked)
    choose(page, next(one for one in VECTOR_LIST if one.file == "earlier-unsigned.registrum.zip"))
    judged(page, "verified")
    expect(page.get_by_role("heading", name="Verified (statements not checked)")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Verified (statements not checked)")
    stated = page.get_by_role("region", name="What the file states")
    expect(stated).to_contain_text("Earlier versions are what keys of the office signed")
    assert_accessible(page)


def test_files_are_dropped_together(disk: Pages, asked: list[str]) -> None:
    vector = bundle("verified")
    page = from_disk(disk, asked)
    files = [vector.path, *vector.beside.values()]
    page.evaluate(DROP_FILES, ["#drop", [[path.name, b64encode(path.read_bytes()).decode()] for path in files]])
    judged(page, "verified")


def test_what_is_trusted_comes_after_the_bundle(disk: Pages, asked: list[str]) -> None:
    vector = bundle("verified")
    page = from_disk(disk, asked)
    choose(page, replace(vector, trust=None, document=None))
    judged(page, "consistent")
    for name, path in vector.beside.items():
        page.locator(f"input#{name}").set_input_files(path)
    judged(page, "verified")


def test_what_is_no_evidence_is_said_so_and_cannot_deceive(disk: Pages, asked: list[str]) -> None:
    page = from_disk(disk, asked)
    hostile = {"name": HOSTILE, "mimeType": "application/json", "buffer": b"{}"}
    page.get_by_label("Bundle or proof file").set_input_files(hostile)
    status = page.get_by_role("status")
    expect(status).to_contain_text("is neither an evidence bundle nor a proof file")
    expect(status).to_contain_text("U+202E")
    expect(status.locator("img")).to_have_count(0)


def test_hostile_members_are_shown_as_text(disk: Pages, asked: list[str]) -> None:
    page = from_disk(disk, asked)
    text = PROOF.to_json().replace('"salt"', '"<b onclick=alert(1)>": 1, "salt"')
    page.get_by_label("Bundle or proof file").set_input_files(
        {"name": "proof.json", "mimeType": "application/json", "buffer": text.encode()}
    )
    judged(page, "refused")
    expect(page.locator("[data-check='form']")).to_contain_text("<b onclick=alert(1)>")
    expect(page.locator("#outcome b")).to_have_count(0)


def test_a_chain_description_that_is_none_is_said_so(disk: Pages, asked: list[str]) -> None:
    page = from_disk(disk, asked)
    choose(page, replace(bundle("verified"), trust=None))
    judged(page, "consistent")
    page.get_by_label("Chain description").set_input_files(
        {"name": "chain.json", "mimeType": "application/json", "buffer": b'{"format": "registrum-chain/1"}'}
    )
    expect(page.get_by_role("status")).to_contain_text("cannot be used as a chain description")
    expect(page.locator("[data-verdict]")).to_have_count(0)


@pytest.mark.parametrize("options", [PHONE, {"color_scheme": "dark"}], ids=["phone", "dark"])
def test_on_a_phone_and_in_the_dark(disk: Pages, asked: list[str], options: dict[str, Any]) -> None:
    page = from_disk(disk, asked, **options)
    choose(page, bundle("verified"))
    judged(page, "verified")
    assert_accessible(page)
    assert_fits_its_window(page)


def test_the_keyboard_reaches_every_part(disk: Pages, asked: list[str]) -> None:
    page = from_disk(disk, asked)
    reached = []
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert reached == ["skip", "evidence", "trust", "document"]


def test_without_javascript_the_page_names_the_command_line(disk: Pages, asked: list[str]) -> None:
    page = from_disk(disk, asked, java_script_enabled=False)
    expect(page.locator("main")).to_contain_text("registrum evidence verify FILE")
    expect(page.locator("form")).to_be_hidden()


# The explorer


def choose_on_explorer(page: Page, path: Path, **beside: Path) -> None:
    page.goto("/verify")
    page.get_by_label("File", exact=True).set_input_files(path)
    for name, other in beside.items():
        page.locator(f"input#evidence-{name}").set_input_files(other)


def test_the_explorer_verifies_a_bundle_and_sends_nothing(page: Page) -> None:
    vector = bundle("verified")
    sent: list[Request] = []

    def note(request: Request) -> None:
        sent.append(request)

    page.goto("/verify")
    page.get_by_label("File", exact=True).wait_for()
    page.on("request", note)
    page.get_by_label("File", exact=True).set_input_files(vector.path)
    judged(page, "consistent")
    for name, path in vector.beside.items():
        page.locator(f"input#evidence-{name}").set_input_files(path)
    judged(page, "verified")
    assert sent == []
    assert_accessible(page)


def test_the_explorer_refuses_a_changed_bundle(page: Page) -> None:
    vector = bundle("refused")
    choose_on_explorer(page, vector.path, **vector.beside)
    judged(page, "refused")
    expect(page.locator(f"[data-check='{vector.failed}']")).to_have_attribute("data-status", "failed")


def test_the_explorer_checks_a_proof_file_in_french(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "proof.json"
    PROOF.write(file)
    page.goto("/verify?lang=fr")
    page.get_by_label("Fichier", exact=True).set_input_files(file)
    judged(page, "consistent")
    expect(page.locator("[data-check='inclusion']")).to_contain_text("Vérifié")
    assert_accessible(page)


def test_after_a_bundle_a_document_is_looked_up_as_before(page: Page) -> None:
    choose_on_explorer(page, bundle("verified").path)
    judged(page, "consistent")
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "application.xml", "mimeType": "application/xml", "buffer": DOCUMENT}
    )
    expect(page.locator("#answer [data-answer]").first).to_have_attribute("data-answer", "match-yes")


def test_the_explorer_offers_the_page_for_the_disk(page: Page) -> None:
    page.goto("/verify")
    with page.expect_download() as download:
        page.get_by_role("link", name="as one file").click()
    assert Path(download.value.path()).read_bytes() == PAGE.read_bytes()


def test_without_javascript_the_explorer_names_the_command_line(plain_page: Page) -> None:
    plain_page.goto("/verify")
    expect(plain_page.locator("main")).to_contain_text("registrum evidence verify FILE")
    expect(plain_page.locator("#evidence")).to_be_hidden()
