"""The licence of everything that a run needs, and whether it goes with a program under MIT.

    python -m benchmarks.licences

Reads what the installed packages say of themselves (PEP 639's expression, else the classifiers,
else the old field), for all that the project needs at run time, the optional parts included where
they are installed. Ends with 1 where a licence is unknown, or would bind those to whom the program
is passed on to more than a notice: copyleft is fine in a library that is used as it is (LGPL,
MPL), and in nothing else.
"""

from __future__ import annotations

import re
import sys
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OURS = "alongside"
GOES = re.compile(
    r"\b(MIT(-CMU)?|BSD|BSD-[23]-Clause|0BSD|ISC|Apache|Apache-2\.0|Apache Software|PSF|PSF-2\.0"
    r"|Python Software Foundation|Python-2\.0|HPND|Unlicense|Zlib|CC0-1\.0|BSL-1\.0|MPL-2\.0"
    r"|Mozilla Public License 2\.0|LGPL[-\w.]*|Lesser General Public|ZPL-2\.1|NCSA"
    r"|CNRI-Python)(?![\w-])",
    re.IGNORECASE,
)
NOT = re.compile(r"\bA?GPL|(?<!Lesser )General Public|Proprietary|Commercial", re.IGNORECASE)
EXCEPTIONS = re.compile(r"\bGPL-3\.0-or-later WITH GCC-exception-3\.1\b")
"""GCC's own libraries, which wheels carry along: the exception lets any program use them."""


def licence_of(package: metadata.Distribution) -> str:
    """What a package says of its licence, in a line."""
    told = package.metadata
    if expression := told.get_all("License-Expression"):
        return str(expression[0])
    classified = [
        line.rpartition(":: ")[2]
        for line in told.get_all("Classifier") or []
        if line.startswith("License ::") and not line.endswith("OSI Approved")
    ]
    text = "".join(told.get_all("License") or []).strip()
    return ", ".join(classified) or (text.splitlines()[0] if text else "")


def goes(licence: str) -> bool:
    """Whether a licence goes with a program under MIT.

    Of several joined by OR one is enough.
    """
    licence = EXCEPTIONS.sub("MIT", licence)
    choices = re.split(r"\bOR\b", licence)
    return any(GOES.search(one) and not NOT.search(GOES.sub("", one)) for one in choices)


def needed(name: str) -> dict[str, metadata.Distribution]:
    """All installed packages that one needs, its optional parts included, and what they need."""
    found: dict[str, metadata.Distribution] = {}
    own = metadata.distribution(name)
    extras = own.metadata.get_all("Provides-Extra") or []
    waiting = [(name, tuple(extras))]
    while waiting:
        at, wanted = waiting.pop()
        try:
            package = metadata.distribution(at)
        except metadata.PackageNotFoundError:  # of another system, or optional
            continue
        key = canonicalize_name(at)
        if key in found and not wanted:
            continue
        found[key] = package
        for line in package.requires or []:
            part = Requirement(line)
            marker = part.marker
            applies = marker is None or any(marker.evaluate({"extra": e}) for e in ("", *wanted))
            if applies and (canonicalize_name(part.name) not in found or part.extras):
                waiting.append((part.name, tuple(part.extras)))
    del found[canonicalize_name(name)]
    return found


def main() -> None:
    """Print a line a package, then those that do not go."""
    packages = sorted(needed(OURS).items())
    bad = []
    for name, package in packages:
        licence = licence_of(package)
        if not goes(licence):
            bad.append(f"{name} {package.version}: {licence or 'says nothing of its licence'}")
        print(f"{name} {package.version}: {licence}")
    print(f"{len(packages)} packages, {len(bad)} whose licence does not go with MIT")
    for line in bad:
        print(f"NOT: {line}")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
