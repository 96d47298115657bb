"""What surrounds the code: pinned requirements, make targets, the list of settings."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from bot import settings

ROOT = Path(__file__).parents[1]
EXTRAS = ("fast", "ocr", "opensearch")
PINNED = {
    "requirements.txt": (),
    **{f"requirements-{extra}.txt": (extra,) for extra in EXTRAS},
    "requirements-dev.txt": (*EXTRAS, "dev"),
}
"""The files of pinned requirements, each with the extras that it is for."""


def pins(name: str) -> list[tuple[Requirement, list[str]]]:
    """The requirements of a file, each with its hashes."""
    lines = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    parts = [line.split("--hash=") for line in lines if line.strip()]
    return [(Requirement(first), [one.strip() for one in rest]) for first, *rest in parts]


def declared(extras: tuple[str, ...]) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [line for extra in extras for line in project["optional-dependencies"][extra]]
    return [Requirement(line) for line in [*project["dependencies"], *lines]]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", PINNED)
def test_every_requirement_is_pinned_to_one_version_with_hashes(name: str) -> None:
    """pip installs the very files that were resolved, or nothing."""
    for requirement, hashes in pins(name):
        assert re.fullmatch(r"==[\w.]+", str(requirement.specifier)), requirement
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), requirement


@pytest.mark.parametrize("name", PINNED)
def test_requirements_name_no_registry(name: str) -> None:
    """Where packages come from is the machine's own affair."""
    text = (ROOT / name).read_text(encoding="utf-8")

    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--(extra-)?index-url|--find-links)\b", text, re.MULTILINE)


@pytest.mark.parametrize("name", PINNED)
def test_pins_satisfy_what_the_project_declares(name: str) -> None:
    """A dependency that was added or raised in pyproject.toml without `make requirements` is noticed."""
    pinned = pins(name)

    for wanted in declared(PINNED[name]):
        versions = [
            str(pin.specifier)[2:] for pin, _ in pinned if canonical(pin.name) == canonical(wanted.name)
        ]
        assert versions, wanted
        assert all(wanted.specifier.contains(version, prereleases=True) for version in versions), wanted


def test_the_build_backend_is_pinned_too() -> None:
    """The project is built without isolation, so its setuptools comes from the same hashed file."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]

    for wanted in map(Requirement, build["requires"]):
        versions = [str(pin.specifier)[2:] for pin, _ in pins("requirements.txt") if pin.name == wanted.name]
        assert any(wanted.specifier.contains(version) for version in versions), wanted


GPL = re.compile(r"(?<!L)GPL|(?<!Lesser )General Public", re.IGNORECASE)


@pytest.mark.parametrize(
    ("licence", "found"),
    [
        ("MIT AND (BSD-2-Clause OR LGPL-2.1-or-later)", False),
        ("License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", False),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", True),
        ("MIT AND AGPL-3.0-or-later", True),
        ("GPL-2.0-only", True),
    ],
)
def test_the_gpl_is_told_from_the_lgpl(licence: str, *, found: bool) -> None:
    """The next test rests on this."""
    assert bool(GPL.search(licence)) is found


def test_no_runtime_dependency_is_under_the_gpl() -> None:
    """Every package that the bot runs with states a licence that an MIT product can use."""
    run_with = [
        *pins("requirements.txt"),
        *(pin for extra in EXTRAS for pin in pins(f"requirements-{extra}.txt")),
    ]
    for requirement, _ in run_with:
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        about = importlib.metadata.metadata(requirement.name).json
        classified = [line for line in about.get("classifier", []) if line.startswith("License ::")]
        # Some put the whole text into the field: its first line is the name.
        stated = [str(about.get(key, "")).split("\n")[0] for key in ("license_expression", "license")]
        licences = [one for one in [*classified, *stated] if one]
        assert licences, requirement.name
        assert not any(map(GPL.search, licences)), (requirement.name, licences)


@pytest.mark.parametrize(
    ("target", "command"),
    [
        ("run", "wenju run"),
        ("test", "-m pytest"),
        ("bench", "-m tests.benchmarks"),
        ("ablation", "-m tests.benchmarks.ablation"),
        ("review", "wenju review"),
        ("lint", "mypy"),
        ("format", "ruff format"),
        ("requirements", "--generate-hashes"),
        ("help", "awk"),
    ],
)
def test_make_targets_run_what_they_say(target: str, command: str) -> None:
    """Each target is there and ends in its command."""
    done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=True)

    assert command in done.stdout


def test_help_lists_every_target() -> None:
    """`make` alone tells what can be made."""
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)

    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)
    assert re.findall(r"^make ([\w-]+)", done.stdout, re.MULTILINE) == targets


def test_every_file_of_a_package_is_packaged() -> None:
    """What lies beside the code is declared as package data, so that an installed copy has it too."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    data = project["tool"]["setuptools"]["package-data"]
    declared_files = {
        path
        for package, patterns in data.items()
        for pattern in patterns
        for path in (ROOT / package.replace(".", "/")).glob(pattern)
    }

    beside = {
        path
        for package in ("bot", "retrieval")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts
    }
    assert beside
    assert beside <= declared_files


def test_make_refuses_an_old_python_in_one_line(tmp_path: Path) -> None:
    """The reason and the way out are said before anything is set up."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)

    done = subprocess.run(
        ["make", "run", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode != 0
    assert "wenju needs Python 3.11 or later" in done.stderr
    assert not (tmp_path / ".venv").exists()


def example() -> dict[str, str]:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return dict(re.findall(r"^#?(WENJU_\w+)=(.*)$", text, re.MULTILINE))


def test_the_example_lists_every_setting_and_no_other() -> None:
    """A setting that is added, renamed or dropped in the code is noticed here."""
    source = Path(settings.__file__).read_text(encoding="utf-8")
    read = set(re.findall(r'"(WENJU_[A-Z_]+)"', source))

    assert example().keys() == read | {"WENJU_TOKEN_FILE"}


def test_the_example_shows_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Uncommenting every line changes nothing."""
    monkeypatch.chdir(tmp_path)  # away from a developer's own .env

    assert settings.load(example()) == settings.Settings()
