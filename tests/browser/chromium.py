"""Finds the Chromium that the page tests drive; as a program, installs one first where there is none.

`python -m tests.browser.chromium` is a step of `make test`. It prints the path of the browser, and on stderr in one
line what it does to get one: Playwright's own download, else the system's package manager where this account may use
it. The tests themselves only look; they install nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

VARIABLE = "REGISTRUM_TEST_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = ("Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome")
START_S = 60.0
INSTALL_S = 900.0

PACKAGE_MANAGERS = {
    "apt-get": (
        ("apt-get", "update", "-qq"),
        ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"),
    ),
    "dnf": (("dnf", "install", "-y", "-q", "chromium"),),
}
"""What root runs to get Chromium, by the program that has to be there for it."""

REMEDY = (
    "no Chromium for the page tests. Install one (`.venv/bin/playwright install --with-deps chromium`; Debian: "
    f"`apt install chromium`; macOS: `brew install --cask chromium`), or name one that is there in {VARIABLE}"
)


class BrowserMissingError(Exception):
    """No browser was found, or none could be installed; the message says what to do."""


def candidates(playwright: Playwright) -> Iterator[Path]:
    """Where a browser may be: the one that is named, Playwright's own, on the PATH, among macOS's applications."""
    if named := os.environ.get(VARIABLE):
        yield Path(named)
        return
    yield Path(playwright.chromium.executable_path)
    for name in NAMES:
        if found := shutil.which(name):
            yield Path(found)
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        for application in APPLICATIONS:
            yield folder / application


def starts(program: Path) -> bool:
    """Whether a program is there and says its version; one without its libraries does not."""
    if not program.is_file():
        return False
    command = [str(program), "--version"]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=START_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def find(playwright: Playwright) -> Path:
    """Return the first browser that starts.

    Raises:
        BrowserMissingError: There is none.
    """
    for program in candidates(playwright):
        if starts(program):
            return program
    raise BrowserMissingError(REMEDY)


def ways_to_install() -> Iterator[list[tuple[str, ...]]]:
    """Commands that may bring a browser: each way is a list of them, the next way is for when one has failed."""
    yield [(sys.executable, "-m", "playwright", "install", "chromium")]
    if os.geteuid() != 0:
        return
    for manager, commands in PACKAGE_MANAGERS.items():
        if shutil.which(manager):
            yield list(commands)
    if shutil.which("apt-get"):
        # Where the package called chromium is none (Ubuntu's is a snap): the libraries that the download lacked.
        yield [(sys.executable, "-m", "playwright", "install", "--with-deps", "chromium")]


def install(playwright: Playwright) -> Path:
    """Try the ways to install a browser until one starts, and return it.

    Raises:
        BrowserMissingError: None does; with the last lines of what the commands said.
    """
    said: list[str] = []
    for commands in ways_to_install():
        shown = " && ".join(" ".join(command) for command in commands).replace(sys.executable, "python")
        print(f"page tests need Chromium and there is none: {shown}", file=sys.stderr, flush=True)
        for command in commands:
            failure = _run(command)
            if failure:
                said.append(f"{' '.join(command)}: {failure}")
        try:
            return find(playwright)
        except BrowserMissingError:
            continue
    raise BrowserMissingError("\n".join([REMEDY, *said]))


def _run(command: tuple[str, ...]) -> str:
    """Run a command to its end; what it said last if it failed, else nothing."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=INSTALL_S,
            check=False,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return " / ".join(done.stdout.strip().splitlines()[-3:]) or "failed" if done.returncode else ""


def main() -> int:
    """Print the path of a browser, installed if need be; 1 with the remedy on stderr if there is none."""
    try:
        with sync_playwright() as playwright:
            try:
                program = find(playwright)
            except BrowserMissingError:
                if VARIABLE in os.environ:
                    raise
                program = install(playwright)
                print(f"page tests use {program}", file=sys.stderr)
    except BrowserMissingError as error:
        print(error, file=sys.stderr)
        return 1
    print(program)
    return 0


if __name__ == "__main__":
    sys.exit(main())
