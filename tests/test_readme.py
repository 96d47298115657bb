"""The README says what is so: its commands, settings, targets and files are those of the project."""

from __future__ import annotations

import re
from pathlib import Path

from bot.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_is_listed() -> None:
    """The table of commands is the `wenju` command's own."""
    assert set(re.findall(r"^\| `wenju (\w+)", README, re.MULTILINE)) == set(main.commands)


def test_every_option_exists() -> None:
    """An option that a command's row names is one of that command."""
    for row in re.findall(r"^\| `wenju \w+.*$", README, re.MULTILINE):
        command = main.commands[re.findall(r"`wenju (\w+)", row)[0]]
        options = {name for parameter in command.params for name in parameter.opts}
        assert set(re.findall(r"--\w+", row)) <= options


def test_settings_are_those_of_the_example() -> None:
    """The README and the example name the same settings."""
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"WENJU_\w+", README)) == set(re.findall(r"^#(WENJU_\w+)=", example, re.MULTILINE))


def test_targets_and_files_exist() -> None:
    """What the README tells to make, to open or to look at is there."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:`|^)make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    for path in re.findall(r'\]\(([\w./]+)\)|src="([\w./]+)"', README):
        assert (ROOT / "".join(path)).exists()
    for folder, names in re.findall(r"^(retrieval|bot)/ .*\n((?:  .*\n)+)", README, re.MULTILINE):
        for name in re.findall(r"(\w+(?:\.py|/))", names):
            assert (ROOT / folder / name).exists()
