"""kill -9 at each step of some work: it is begun anew, on a copy of a folder, for each of its steps."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DRIVER = """
import os, shutil, signal, sys
from pathlib import Path

template, place, code = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
names = {"work": None}
exec(code, names)  # its imports are done once
STEPS = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.copyfile", "sqlite3.connect"}

def die_at(number):
    steps = 0
    def look(event, _):
        nonlocal steps
        if event in STEPS:
            steps += 1
            if steps == number:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(look)

for number in range(1, 1000):
    folder = place / f"{number:03}"
    shutil.copytree(template, folder)
    child = os.fork()
    if not child:
        os.chdir(folder)
        die_at(number)
        names["work"]()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if not os.WIFSIGNALED(status):
        sys.exit(os.waitstatus_to_exitcode(status))
"""


def killed_at_each_step(template: Path, place: Path, code: str) -> list[Path]:
    """Run the function `work` that `code` defines in copies of the folder; return these, by their steps.

    A step is a change of a folder, a file that is copied, or a database that is opened. The last copy is that
    of the one run that was let alone, which has to succeed.
    """
    place.mkdir()
    subprocess.run([sys.executable, "-c", DRIVER, template, place, code], check=True, timeout=120)
    return sorted(place.iterdir())
