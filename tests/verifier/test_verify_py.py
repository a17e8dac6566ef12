"""The verifier against files of every kind, good and forged, and against the vectors that all verifiers share."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_hash.auto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier.making import Bundle, archive, canonical, description
from tests.verifier.scenes import DIGEST, SCENES, absent, anchored, claim, corrected, entry, present
from verifier import verify

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "verifier" / "verify.py"
VECTORS = ROOT / "verifier" / "vectors"
INDEX = VECTORS / "index.json"
CASES = json.loads(INDEX.read_text(encoding="utf-8")) if INDEX.is_file() else []
RECOVER = functools.cache(verify.recover)


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where many files are verified: the library's Keccak, which gives the same, and no signature recovered twice."""
    monkeypatch.setattr(verify, "keccak", keccak)
    monkeypatch.setattr(verify, "recover", RECOVER)


def verified(content: bytes, trust: Any = None, document: str | None = None) -> tuple[str, dict[str, tuple[str, str]]]:
    """Return the verdict, and of each check the result and why."""
    verification = verify.Verification(content, trust, document)
    verdict = verification.run()
    return verdict, {name: (result, why) for name, result, why in verification.results}


def failed(content: bytes, trust: Any = None, document: str | None = None) -> str:
    """Return the name of the check that failed, the last; an empty text if none did."""
    verdict, checks = verified(content, trust, document)
    name, (result, why) = list(checks.items())[-1]
    assert (verdict == "refused") == (result == "failed")
    assert why.isascii()
    return name if verdict == "refused" else ""


@pytest.mark.parametrize("scene", SCENES)
def test_a_good_file_is_verified(scene: str) -> None:
    verdict, checks = verified(SCENES[scene]().packed(), description())
    assert verdict == "verified"
    assert list(checks) == ["archive", "sums", "form", "chain", "link", "state", "statements", "facts", "history"]
    assert {result for result, _ in checks.values()} == {"passed"}


def test_without_a_description_of_its_own_a_verifier_finds_a_file_consistent() -> None:
    verdict, checks = verified(present().packed())
    assert verdict == "consistent"
    assert checks["chain"][0] == "not_checked"


OF_LOGS = ("block", "log", "time", "transaction")


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each value that is not made of others, empty lists included."""
    if value and isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, name))
    else:
        yield path


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for name in path:
        value = value[name]
    return value


def others(value: Any) -> list[Any]:
    """Return values near a value."""
    if value is None:
        return [0, "0x" + "11" * 32, []]
    if isinstance(value, bool):
        return [not value, int(value)]
    if isinstance(value, int):
        return [value + 1, None, bool(value)]
    if isinstance(value, list):
        return [None, ["0x" + "11" * 32]]
    swapped = {"0": "1", "1": "0"}
    last = swapped.get(value[-1], "0") if value[-1].isdigit() else "a" if value[-1] != "a" else "b"
    return [
        value[:-1] + last,
        value[:-9] + swapped.get(value[-9:-8], "0") + value[-8:],
        value[:-2],
        value.upper() + " ",
    ]


def is_own(part: str, path: tuple[Any, ...]) -> bool:
    """Whether a verifier goes by its own description alone, whatever that of the bundle says."""
    return part == "chain" and path[:2] in (("consensus", "validators"), ("consensus", "since"))


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.usefixtures("fast")
def test_every_changed_value_is_refused(scene: str) -> None:
    good = SCENES[scene]()
    assert failed(good.packed(), description()) == ""
    for part in ("evidence", "chain"):
        for path in leaves(getattr(good, part)):
            if path == ("chain",) or (path[0] == "history" and path[-1] in OF_LOGS):
                continue  # Written when the file is packed; said by logs alone.
            for other in others(at(getattr(good, part), path)):
                changed = good.copy()
                at(getattr(changed, part), path[:-1])[path[-1]] = other
                assert failed(changed.packed(), description()) or is_own(part, path), (part, path, other)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.usefixtures("fast")
def test_every_member_left_out_doubled_or_added_is_refused(scene: str) -> None:
    good = SCENES[scene]()
    for part in ("evidence", "chain"):
        containers = {path[:i] for path in leaves(getattr(good, part)) for i in range(len(path))}
        for path in containers:
            whole = at(getattr(good, part), path)
            changes: list[Any] = []
            if isinstance(whole, dict):
                changes = [{**whole, "more": None}, *({k: v for k, v in whole.items() if k != name} for name in whole)]
            else:
                changes = [[*whole, whole[0]], whole[1:], whole[:-1], *([whole[::-1]] if len(whole) > 1 else [])]
            for change in changes:
                changed = good.copy()
                if path:
                    at(getattr(changed, part), path[:-1])[path[-1]] = change
                else:
                    setattr(changed, part, change)
                if part == "evidence" and path == () and "chain" not in change:
                    content = Bundle.packed_as(canonical(change), canonical(changed.chain))
                else:
                    content = changed.packed()
                assert failed(content, description()) or is_own(part, path), (part, path, change)


def test_every_changed_byte_of_the_file_is_refused() -> None:
    content = absent().packed()
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= 1 << position % 8
        assert failed(bytes(changed)) in {"archive", "sums"}


def test_a_file_that_is_cut_off_or_goes_on_is_refused() -> None:
    content = absent().packed()
    for changed in (b"", content[:10], content[:-1], content[:-22], content + b"\0", b"\0" + content, content * 2):
        assert failed(changed) == "archive"


def test_a_file_that_is_too_large_is_refused() -> None:
    assert failed(bytes(verify.MAX_ARCHIVE + 1)) == "archive"


def members(bundle: Bundle) -> dict[str, bytes]:
    """Return the members of a file, sums left out."""
    verification = verify.Verification(bundle.packed(), None, None)
    verification.run()
    return {name: content for name, content in verification.members.items() if name != "SHA256SUMS"}


def test_members_in_another_order_or_besides_are_refused() -> None:
    of_file = members(absent())
    assert failed(archive(of_file)) == ""
    turned = dict(reversed(of_file.items()))
    assert failed(archive(turned)) == "archive"
    assert failed(archive({**of_file, "more.txt": b""})) == "archive"
    assert failed(archive({name: of_file[name] for name in list(of_file)[:3]})) == "archive"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda sums: sums.upper(), id="upper case"),
        pytest.param(lambda sums: sums.replace(b"  ", b" *"), id="another mark"),
        pytest.param(lambda sums: sums.replace(b"\n", b"\r\n"), id="other line ends"),
        pytest.param(lambda sums: sums[:-1], id="no line feed at the end"),
        pytest.param(lambda sums: sums + b"\n", id="a line more"),
        pytest.param(lambda sums: b"\n".join(sums.split(b"\n")[::-1]), id="another order"),
        pytest.param(lambda _sums: b"", id="nothing"),
        pytest.param(lambda sums: sums + b"\xff\xfe", id="no text"),
    ],
)
def test_sums_in_another_form_are_refused(change: Callable[[bytes], bytes]) -> None:
    of_file = members(absent())
    content = archive(of_file)
    start = content.index(b"SHA256SUMS") + len("SHA256SUMS")
    sums = content[start : content.index(b"PK\1\2")]
    assert failed(archive({**of_file, "SHA256SUMS": sums}, with_sums=False)) == ""
    assert failed(archive({**of_file, "SHA256SUMS": change(sums)}, with_sums=False)) == "sums"


def json_of(bundle: Bundle) -> bytes:
    return members(bundle)["evidence.json"]


NOT_CANONICAL: dict[str, Callable[[bytes], bytes]] = {
    "line feed": lambda text: text + b"\n",
    "blank": lambda text: text.replace(b":", b": ", 1),
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "member twice": lambda text: text.replace(b"{", b'{"block":1,', 1),
    "other order": lambda text: text[:-1] + b',"a":1}',
    "fraction": lambda text: text.replace(b'"number":1234', b'"number":1234.0'),
    "exponent": lambda text: text.replace(b'"number":1234', b'"number":1.234e3'),
    "minus": lambda text: text.replace(b'"number":1234', b'"number":-1234'),
    "minus zero": lambda text: text.replace(b'"number":1234', b'"number":-0'),
    "not a number": lambda text: text.replace(b'"number":1234', b'"number":NaN'),
    "infinity": lambda text: text.replace(b'"number":1234', b'"number":-Infinity'),
    "2^53": lambda text: text.replace(b'"number":1234', b'"number":9007199254740992'),
    "many digits": lambda text: text.replace(b'"number":1234', b'"number":' + b"9" * 100_000),
    "leading zero": lambda text: text.replace(b'"number":1234', b'"number":01234'),
    "escaped letter": lambda text: text.replace(b'"application"', b'"\\u0061pplication"'),
    "lone surrogate": lambda text: text.replace(b'"application"', b'"\\ud800"'),
    "other letter": lambda text: text.replace(b'"application"', '"applicatión"'.encode()),
    "no UTF-8": lambda text: text.replace(b'"application"', b'"\xff"'),
    "control character": lambda text: text.replace(b'"application"', b'"\x01"'),
    "nested lists": lambda text: text.replace(b'"application"', b"[" * 200_000 + b"]" * 200_000),
    "nested members": lambda text: text.replace(b'"application"', b'{"a":' * 200_000 + b"1" + b"}" * 200_000),
    "list": lambda _text: b"[]",
    "number": lambda _text: b"1",
    "text": lambda _text: b'"registrum"',
    "null": lambda _text: b"null",
    "nothing": lambda _text: b"",
}


@pytest.mark.parametrize("change", NOT_CANONICAL.values(), ids=NOT_CANONICAL)
@pytest.mark.parametrize("name", ["evidence.json", "chain.json"])
def test_json_in_another_form_is_refused(name: str, change: Callable[[bytes], bytes]) -> None:
    of_file = members(absent())
    marker = {"evidence.json": (b"application", b"application"), "chain.json": (b"qbft", b"application")}[name]
    text = of_file[name].replace(*marker) if name == "chain.json" else of_file[name]
    text = text.replace(b'"chainId":20261', b'"number":1234')
    changed = change(text)
    assert changed != text
    assert failed(archive({**of_file, name: changed})) == "form"


DISTURBANCES: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 2**53, 10**400, "", "0x", "0x0", "\ud800", "é", [], {}, [[]], {"": []}),
    *("EM/T/" + "1" * 30, "em/t/1", "EM/T/1\n", "2026-02-30", "9999-99-99", "0x" + "00" * 32, "0x" + "ff" * 65),
]


PLACE = {"block", "log", "transaction"}
"""Where an event of the history stood in the logs is not proven, only the order of events."""


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.usefixtures("fast")
def test_values_of_other_types_are_refused_and_nothing_else_happens(scene: str) -> None:
    good = SCENES[scene]()
    paths = [
        path for path in {p[:i] for p in leaves(good.evidence) for i in range(1, len(p) + 1)} if path != ("chain",)
    ]
    for index, path in enumerate(sorted(paths, key=str)):
        for disturbance in DISTURBANCES[index % 3 :: 3]:
            same = canonical(at(good.evidence, path)) == canonical(disturbance)
            if same or (disturbance is None and path[-1] in {"signature", "digest"}):
                continue  # Both may be `null`: one signature less to check, one claim with less to compare.
            if path[0] == "history" and path[-1] in PLACE and disturbance in (0, "0x" + "00" * 32):
                continue
            changed = good.copy()
            at(changed.evidence, path[:-1])[path[-1]] = disturbance
            assert failed(changed.packed()), (path, disturbance)


@given(st.binary(max_size=600))
@settings(deadline=None)
def test_any_bytes_are_refused(content: bytes) -> None:
    assert failed(content) == "archive"
    pages = {"page.html": b"", "page.pdf": b""}
    assert failed(archive({"evidence.json": content, "chain.json": content, **pages})) == "form"


@pytest.mark.usefixtures("fast")
def test_proofs_of_another_number_block_or_contract_are_refused() -> None:
    good, other = present(), absent()
    changed = good.copy()
    changed.evidence["subject"]["number"] = "EM/P/018660438"
    assert failed(changed.packed()) == "state"
    for part in ("nodes", "facts", "statements"):
        changed = good.copy()
        changed.evidence[part] = other.evidence[part]
        assert failed(changed.packed())
    changed = other.copy()
    changed.chain["contracts"]["applicationRegistries"] = changed.chain["contracts"]["applicationRegistries"][:1]
    assert failed(changed.packed()) == "state"


@pytest.mark.usefixtures("fast")
def test_a_node_more_or_less_is_refused() -> None:
    good = present()
    for index in range(len(good.evidence["nodes"])):
        changed = good.copy()
        del changed.evidence["nodes"][index]
        assert failed(changed.packed()) == "state"
    more = good.copy()
    more.evidence["nodes"] = sorted([*more.evidence["nodes"], "0xc0"], key=lambda node: keccak(bytes.fromhex(node[2:])))
    assert failed(more.packed()) == "state"
    twice = good.copy()
    twice.evidence["nodes"].insert(0, twice.evidence["nodes"][0])
    assert failed(twice.packed()) == "form"


@pytest.mark.usefixtures("fast")
def test_a_document_is_compared_with_the_digest_of_the_record() -> None:
    assert failed(present().packed(), None, DIGEST) == ""
    assert failed(claim().packed(), None, DIGEST) == ""
    assert failed(present().packed(), None, "0x" + "ac" * 32) == "document"
    for bundle in (absent(), anchored(), entry()):
        verdict, checks = verified(bundle.packed(), description(), DIGEST)
        assert verdict == "verified"
        assert checks["document"][0] == "not_checked"


@pytest.mark.usefixtures("fast")
def test_a_signature_that_is_not_there_is_said_to_be_unchecked() -> None:
    for make in (present, anchored, corrected, claim, entry):
        bundle = make()
        bundle.evidence["statements"][0]["signature"] = None
        for event in bundle.evidence["facts"].get("events", [])[:1]:
            event["signer"] = None
        verdict, checks = verified(bundle.packed(), description())
        assert verdict == "verified"
        assert checks["statements"][0] == "not_checked"


def run(*arguments: str | Path, isolated: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the program with no other module than those of the standard library."""
    flags = ["-I", "-S", "-W", "error"] if isolated else []
    return subprocess.run(
        [sys.executable, *flags, str(PROGRAM), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    contents = {
        "good.zip": present().packed(),
        "chain.json": json.dumps(description(), indent=2).encode() + b"\n",
        "other.json": canonical(description(chainId=1)),
        "bad.json": b'{"format":1,"format":2}',
        "garbage": bytes(range(256)) * 9,
        "paper.txt": b"The application as filed.",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in contents}


def test_the_program_runs_with_the_standard_library_alone(files: dict[str, Path]) -> None:
    done = run(files["good.zip"], "--trust", files["chain.json"])
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert lines[0] == "verified"
    assert [line.split()[:2] for line in lines[1:10]] == [["passed", name] for name in list(verify.CHECKS)[:-3]]
    assert f"  record.digest: {DIGEST}" in lines
    assert run(files["good.zip"]).stdout.splitlines()[0] == "consistent"


def test_the_program_says_first_that_statements_were_not_checked(tmp_path: Path) -> None:
    bundle = present()
    bundle.evidence["statements"][0]["signature"] = None
    (tmp_path / "unsigned.zip").write_bytes(bundle.packed())
    first = run(tmp_path / "unsigned.zip").stdout.splitlines()[0]
    why = "1 of 1 statements have no signature of a key"
    assert first == f"consistent, but statements were not checked: {why}"
    assert json.loads(run(tmp_path / "unsigned.zip", "--json").stdout)["verdict"] == "consistent"


@pytest.mark.parametrize(
    "part", ["evidence.json", "chain.json", "page.html", "page.pdf", "SHA256SUMS", "the directory of the archive"]
)
def test_the_program_names_what_was_changed(tmp_path: Path, part: str) -> None:
    data = bytearray(present().packed())
    mark = part.encode() if part in verify.MEMBERS else b"PK\1\2"
    data[data.index(mark) + len(mark) + 5] ^= 1
    (tmp_path / "changed.zip").write_bytes(data)
    last = run(tmp_path / "changed.zip").stdout.splitlines()[-1]
    assert last.startswith("failed       archive")
    assert f": {part} was changed" in last


def test_the_program_warns_of_what_is_shown(tmp_path: Path) -> None:
    files = Path(verify.__file__).parent / "vectors"
    done = run(files / "registration-suspect.registrum.zip", "--trust", files / "chain.json")
    lines = done.stdout.splitlines()
    assert (done.returncode, lines[0]) == (0, "verified")
    assert lines[1] == "warning      the key that signed (record) was compromised by then"
    report = json.loads(run(files / "registration-suspect.registrum.zip", "--json").stdout)
    assert report["warnings"] == [line.removeprefix("warning").strip() for line in lines if line.startswith("warning")]
    assert report["history"][0]["event"] == "OfficeAdmitted"


def test_the_program_says_which_check_failed(files: dict[str, Path]) -> None:
    done = run(files["good.zip"], "--trust", files["other.json"])
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (1, "")
    assert lines[0] == "refused"
    assert lines[-1].startswith("failed       chain")
    assert "chainId" in lines[-1]
    done = run(files["good.zip"], "--document", files["paper.txt"])
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("failed       document")
    done = run(files["garbage"])
    assert (done.returncode, done.stderr) == (1, "")


def test_the_program_prints_json(files: dict[str, Path]) -> None:
    answer = json.loads(run(files["good.zip"], "--json").stdout)
    assert answer["verdict"] == "consistent"
    assert answer["facts"] == present().evidence["facts"]
    assert [check["check"] for check in answer["checks"]] == list(verify.CHECKS)[:-3]
    assert json.loads(run(files["garbage"], "--json").stdout)["facts"] is None


def test_a_wrong_command_is_told_apart_from_a_refused_file(files: dict[str, Path], tmp_path: Path) -> None:
    for arguments in (
        [],
        [tmp_path / "nothing.zip"],
        [tmp_path],
        [files["good.zip"], "--trust", files["bad.json"]],
        [files["good.zip"], "--trust", files["garbage"]],
        [files["good.zip"], "--trust", tmp_path / "nothing.json"],
        [files["good.zip"], "--document", tmp_path],
        ["a\0b"],
    ):
        if "a\0b" in arguments:
            with pytest.raises(SystemExit, match="2"):
                verify.main(["a\0b"])
            continue
        done = run(*arguments)
        assert done.returncode == 2, arguments
        assert "Traceback" not in done.stderr
        assert done.stdout == ""


def test_a_file_of_many_values_does_not_take_long() -> None:
    """Sixteen megabytes of the values that cost most to read end in a refusal, not in a program that is busy."""
    pages = {"page.html": b"", "page.pdf": b""}
    started = time.process_time()
    for filling in (b"[" * 7_000_000, b"[" + b"[]," * 2_000_000 + b"[]]", b'{"a":"' + b"0" * 7_000_000 + b'"}'):
        assert failed(archive({"evidence.json": filling, "chain.json": b"{}", **pages})) == "form"
    assert time.process_time() - started < 60


def test_there_are_vectors() -> None:
    assert CASES, "verifier/vectors/index.json lists the files that all verifiers agree on"


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
@pytest.mark.usefixtures("fast")
def test_a_shared_vector_gives_what_its_index_says(case: dict[str, Any]) -> None:
    arguments = [str(VECTORS / case["file"]), "--json"]
    for option in ("trust", "document"):
        if case.get(option):
            arguments += [f"--{option}", str(VECTORS / case[option])]
    answer, status = outcome(arguments)
    assert answer["verdict"] == case["expect"], answer
    assert status == (1 if case["expect"] == "refused" else 0)
    failures = [check["check"] for check in answer["checks"] if check["outcome"] == "failed"]
    assert len(failures) == (case["expect"] == "refused")
    assert case["failed"] in {None, *failures}, answer


def outcome(arguments: list[str]) -> tuple[Any, int]:
    """Run the command in this process, and return what it printed, and its exit status."""
    import contextlib
    import io

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        status = verify.main(arguments)
    return json.loads(printed.getvalue()), status
