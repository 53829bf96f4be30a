"""What hostile submissions attain in other graders and in this one.

    python benchmarks/peers_security.py [--write] [--folder DIR]

Installs each grader into a virtual environment of its own below DIR, sets up the same ten checks
for each, and has it grade each submission of `peer_attacks.py`. Prints the table as Markdown;
`--write` puts it into docs/security.md. Exits with 1 where bpgrade lets an attack through. Takes
some minutes: what hangs a grader is waited for.
"""

from __future__ import annotations

import argparse
import platform
import secrets
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

from peer_attacks import ATTACKS, HONEST, PeerAttack
from peer_environments import python_of, version_of
from peer_runners import CHECKS, PATIENCE, RUNNERS, Run

from grader.sandbox.child import processes

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "security.md"
BEGIN, END = "<!-- begin: benchmarks/peers_security.py -->", "<!-- end -->"
AT_A_TIME = 2
OURS = "bpgrade"


def attempt(peer: str, python: Path, attack: PeerAttack) -> tuple[bool, str]:
    """Have a grader grade an attack; return whether it got through, and what happened."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        neighbour, sleep = folder / "neighbour.py", f"{90_000 + secrets.randbelow(10_000)}"
        token = f"REFERENCE-{secrets.token_hex(8)}"
        (folder / "token").write_text(token, encoding="utf-8")
        neighbour.write_text("mine", encoding="utf-8")
        source = attack.source.replace("@NEIGHBOUR@", str(neighbour)).replace("@SLEEP@", sleep)
        run = RUNNERS[peer](python, folder, source)
        left = sleeping(sleep)
        overwritten = neighbour.read_text(encoding="utf-8") != "mine"
    if attack.aim == "left":
        return bool(left), "stays" if left else "gone"
    if attack.aim == "file":
        return overwritten, "overwritten" if overwritten else "untouched"
    if attack.aim in ("reference", "secret"):
        return token in run.output, "leaked" if token in run.output else "nothing found"
    return judged(run)


def judged(run: Run) -> tuple[bool, str]:
    """Return whether an attack on the marks or on the grading itself got through, and how."""
    if run.exit_code is None:
        return True, "hangs"
    if run.points is None:
        return True, f"no result, exit code {run.exit_code}"
    if run.points == CHECKS:
        return True, "full marks"
    return False, f"{run.points:g} of {CHECKS}"


def sleeping(seconds: str) -> list[int]:
    """Return the processes that sleep for just so long, and end them."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if words == f"sleep\0{seconds}\0".encode():
            found.append(int(folder.name))
    for process in found:
        processes.send(process, 9)
    return found


def full_marks(peer: str, python: Path) -> None:
    """Make sure that the set-up is right: a right submission has all points."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        (folder / "token").write_text("none", encoding="utf-8")
        run = RUNNERS[peer](python, folder, HONEST)
    if run.points != CHECKS:
        raise SystemExit(f"{peer} gives a right submission {run.points} points:\n{run.output}")


def table(folder: Path) -> tuple[str, bool]:
    """Return the table, and whether bpgrade stopped everything."""
    pythons = {peer: python_of(peer, folder) for peer in RUNNERS if peer != OURS}
    versions = {peer: version_of(peer, python) for peer, python in pythons.items()}
    pythons = {OURS: Path(sys.executable), **pythons}
    versions = {OURS: version(OURS), **versions}
    for peer, python in pythons.items():
        full_marks(peer, python)
    jobs = [(peer, attack) for attack in ATTACKS for peer in pythons]
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        outcomes = pool.map(lambda job: attempt(job[0], pythons[job[0]], job[1]), jobs)
        found = {
            (peer, attack.title): outcome
            for (peer, attack), outcome in zip(jobs, outcomes, strict=True)
        }
    lines = [
        "| the submission | " + " | ".join(f"{peer} {versions[peer]}" for peer in pythons) + " |",
        "|---" * (len(pythons) + 1) + "|",
    ]
    for attack in ATTACKS:
        cells = [found[peer, attack.title] for peer in pythons]
        texts = [f"**{text}**" if through else text for through, text in cells]
        lines.append(f"| {attack.title} | {' | '.join(texts)} |")
    counts = [sum(found[peer, attack.title][0] for attack in ATTACKS) for peer in pythons]
    lines.append("| attacks that got through | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(lines), counts[0] == 0


def main() -> int:
    """Print the table, and write it where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="put the table into the document")
    parser.add_argument("--folder", type=Path, help="where to install; else a temporary folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        text, stopped = table((arguments.folder or Path(temporary)).resolve())
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    text = f'Measured on {system}; {PATIENCE:g} s without an end is "hangs".\n\n{text}'
    print(text)
    if arguments.write:
        document = DOCUMENT.read_text(encoding="utf-8")
        before, _, rest = document.partition(BEGIN)
        _, _, after = rest.partition(END)
        new = f"{before}{BEGIN}\n{text}\n{END}{after}"
        DOCUMENT.write_text(new, encoding="utf-8")
    return 0 if stopped else 1


if __name__ == "__main__":
    sys.exit(main())
