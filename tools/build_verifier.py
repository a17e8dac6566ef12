"""Makes the browser verifier out of its modules and those of its two libraries.

    python tools/build_verifier.py            write verifier/verify.html
    python tools/build_verifier.py --check    say whether it is what the modules give
    python tools/build_verifier.py --vendor   write what the explorer serves: one module, and a copy of the page

Modules become functions of one script, in the order of their imports; nothing is renamed and no statement is changed,
so that the page can be read against `verifier/web`. Comments of documentation are left out, licences are kept. The
page's policy names the SHA-256 of its one script and its one style, and forbids everything else.

Not its job: modules of every form there is. It knows those forms of `import` and `export` that ours and the libraries
have, and refuses others.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import posixpath
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "verifier" / "web"
PAGE = ROOT / "verifier" / "verify.html"
VENDOR = ROOT / "src" / "registrum" / "web" / "static" / "vendor" / "verifier"
LIBRARIES = ("@noble/curves", "@noble/hashes")

_IMPORT = re.compile(
    r"^import (?:\* as (?P<whole>\w+)|\{(?P<names>[^}]*)\}) from [\"'](?P<source>[^\"']+)[\"'];$", re.M
)
_PASSED_ON = re.compile(r"^export \{(?P<names>[^}]*)\} from [\"'](?P<source>[^\"']+)[\"'];$", re.M)
_LISTED = re.compile(r"^export \{(?P<names>[^}]*)\};$", re.M)
_DECLARED = re.compile(r"^export (?P<rest>(?:async )?(?:function\*?|class|const) (?P<name>\w+))", re.M)
_DOCUMENTATION = re.compile(r"^[ \t]*/\*\*.*?\*/[ \t]*\n", re.M | re.S)


class BuildError(Exception):
    """A module has a form that is not known here."""


class Script:
    """Modules joined into one script."""

    def __init__(self) -> None:
        self._names: dict[Path, str] = {}
        self._exports: dict[str, list[str]] = {}
        self._parts: list[str] = []

    def add(self, path: Path) -> str:
        """Join a module after everything that it imports; the name of its exports in the script."""
        if path in self._names:
            return self._names[path]
        text = _DOCUMENTATION.sub("", path.read_text(encoding="utf-8"))
        exported: dict[str, str] = {}

        def import_(found: re.Match[str]) -> str:
            module = self.add(_resolve(path, found["source"]))
            if found["whole"]:
                return f"const {found['whole']} = {module};"
            names = ", ".join(": ".join(pair) if len(set(pair)) == 2 else pair[0] for pair in _pairs(found["names"]))
            return f"const {{ {names} }} = {module};"

        def pass_on(found: re.Match[str]) -> str:
            module = self.add(_resolve(path, found["source"]))
            exported.update({alias: f"{module}.{name}" for name, alias in _pairs(found["names"])})
            return ""

        def list_(found: re.Match[str]) -> str:
            exported.update({alias: name for name, alias in _pairs(found["names"])})
            return ""

        def declare(found: re.Match[str]) -> str:
            exported[found["name"]] = found["name"]
            return found["rest"]

        for form, change in ((_IMPORT, import_), (_PASSED_ON, pass_on), (_LISTED, list_), (_DECLARED, declare)):
            text = form.sub(change, text)
        if unknown := re.search(r"^(?:import|export)\b.*$", text, re.M):
            raise BuildError(f"{path.relative_to(ROOT)}: a form that is not known here: {unknown[0]}")
        name = "module_" + re.sub(r"\W+", "_", _label(path).removesuffix(".js"))
        self._names[path] = name
        self._exports[name] = list(exported)
        given = ", ".join(key if key == value else f"{key}: {value}" for key, value in exported.items())
        body = f'const {name} = (() => {{\n"use strict";\n{text.strip()}\nreturn {{ {given} }};\n}})();\n'
        self._parts.append(f"// {_label(path)}\n{body}")
        return name

    def text(self, *, exports_of: str | None = None) -> str:
        """The script; with the exports of one of its modules, if it is to be a module itself."""
        tail = ""
        if exports_of is not None:
            tail = f"export const {{ {', '.join(self._exports[exports_of])} }} = {exports_of};\n"
        return _licences() + "\n".join(self._parts) + tail


def _pairs(names: str) -> list[tuple[str, str]]:
    found = []
    for item in filter(None, (part.strip() for part in names.split(","))):
        name, _, alias = item.partition(" as ")
        found.append((name.strip(), alias.strip() or name.strip()))
    return found


def _resolve(path: Path, source: str) -> Path:
    if source.startswith("."):
        return Path(posixpath.normpath(path.parent / source))
    for library in LIBRARIES:
        if source.startswith(library + "/"):
            return ROOT / "node_modules" / source
    raise BuildError(f"{path.relative_to(ROOT)} imports {source}, which is neither ours nor of a known library")


def _label(path: Path) -> str:
    folder = WEB if path.is_relative_to(WEB) else ROOT / "node_modules"
    return path.relative_to(folder).as_posix()


def _licences() -> str:
    texts = []
    for library in LIBRARIES:
        text = (ROOT / "node_modules" / library / "LICENSE").read_text(encoding="utf-8").strip()
        texts.append("\n".join(f"// {line}".rstrip() for line in (library, *text.splitlines())))
    return "// Modules of verifier/web, and of these libraries:\n//\n" + "\n//\n".join(texts) + "\n\n"


def page() -> str:
    """The page that works from disk."""
    script = Script()
    script.add(WEB / "main.js")
    content = {"script": "\n" + script.text(), "style": "\n" + (WEB / "page.css").read_text(encoding="utf-8")}
    for name, text in content.items():
        if f"</{name}" in text.lower() or "<!--" in text:
            raise BuildError(f"the {name} would end early, or hide what follows")
    policy = "; ".join(
        (
            "default-src 'none'",
            "connect-src 'none'",
            *(f"{name}-src 'sha256-{_digest(text)}'" for name, text in content.items()),
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    template = (WEB / "page.html").read_text(encoding="utf-8")
    return re.sub(r"\{(policy|script|style)\}", lambda place: {**content, "policy": policy}[place[1]], template)


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def module() -> str:
    """What the explorer's page imports."""
    script = Script()
    return script.text(exports_of=script.add(WEB / "page.js"))


def main() -> int:
    """Write or check, as asked."""
    parser = argparse.ArgumentParser(description="Makes the browser verifier out of its modules.")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 where the page is stale")
    parser.add_argument("--vendor", action="store_true", help="write what the explorer serves")
    options = parser.parse_args()
    if options.vendor:
        VENDOR.mkdir(parents=True, exist_ok=True)
        (VENDOR / "verify.html").write_text(page(), encoding="utf-8")
        # The stamp of `make setup`, so the last.
        (VENDOR / "verifier.js").write_text(module(), encoding="utf-8")
        return 0
    made = page()
    if not options.check:
        PAGE.write_text(made, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == made:
        return 0
    print("verifier/verify.html is not what its modules give: run `python tools/build_verifier.py`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
