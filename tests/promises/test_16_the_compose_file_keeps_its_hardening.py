"""The image and the compose file: what the bot may do there, and what of the host it sees."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot import settings
from bot.lifecycle import FAREWELL
from bot.review.pages import HEALTH

ROOT = Path(__file__).parents[2]
COMPOSE = str(Path(sys.executable).with_name("docker-compose"))
TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-pa"

NOT_PASSED_ON = {
    "WENJU_DATA",  # the volume
    "WENJU_DOCUMENTS",  # the bind mount
    "WENJU_TOKEN",  # comes as a secret
    "WENJU_SANDBOX_PORT",  # there is no chat page in a container
    "WENJU_REVIEW_PORT",  # the published port
    "WENJU_REVIEW_PASSWORD",  # for the review alone
    "WENJU_DICTIONARY",  # files that would have to be mounted
    "WENJU_SYNONYMS",
    "WENJU_OPENSEARCH_CA",
}
NODES = ["node1", "node2", "node3"]


OPENINGS = {"privileged", "cap_add", "devices", "pid", "ipc", "userns_mode", "network_mode"}
"""What would let a container out of its box."""


def version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def config(**environment: str) -> str:
    """The compose file as Docker Compose itself understands it, with all profiles, as JSON."""
    command = [COMPOSE, "--env-file", os.devnull, "--profile", "*", "config", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return json.loads(config())  # type: ignore[no-any-return] # the file is an object


@pytest.fixture(scope="module")
def stages() -> list[str]:
    """The text of each stage of the Dockerfile, without its FROM."""
    return re.split(r"(?m)^FROM ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))[1:]


def test_every_service_is_known(compose: dict[str, Any]) -> None:
    """The other tests look at all services that there are."""
    assert compose["services"].keys() == {"bot", "review", *NODES}


@pytest.mark.parametrize("name", ["bot", "review"])
def test_compose_services_keep_their_hardening(compose: dict[str, Any], name: str) -> None:
    """Non-root, read-only, without capabilities, within limits, watched, restarted, with bounded logs."""
    service = compose["services"][name]

    user, group = map(int, service["user"].split(":"))
    assert user > 0
    assert group > 0
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    (folder, _, options) = service["tmpfs"][0].partition(":")
    assert folder == "/tmp"
    assert {"noexec", "nosuid", "nodev"} < set(options.split(","))
    assert len(service["tmpfs"]) == 1
    assert int(service["mem_limit"]) > 0
    assert int(service["pids_limit"]) > 0
    assert service["init"] is True
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"]
    assert service["image"].partition(":")[2] == version()
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert not OPENINGS & service.keys()


@pytest.mark.parametrize("name", NODES)
def test_the_clusters_nodes_are_hardened_and_closed(compose: dict[str, Any], name: str) -> None:
    """Non-root, without capabilities, within limits, watched; started when asked for, no port outside."""
    service = compose["services"][name]

    assert service["profiles"] == ["opensearch"]
    assert not service.get("ports")
    assert not service.get("secrets")
    assert int(service["user"].split(":")[0]) > 0
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["mem_limit"]) > 0
    assert int(service["pids_limit"]) > 0
    assert service["healthcheck"]["test"]
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert not OPENINGS & service.keys()
    address = f"http://{service['hostname']}:9200"
    assert address in compose["services"]["bot"]["environment"]["WENJU_OPENSEARCH_URL"].split(",")


def test_compose_hands_the_token_over_as_a_file(compose: dict[str, Any]) -> None:
    """Only the bot has the token; it is in no environment, not even where it is set outside."""
    bot, review = compose["services"]["bot"], compose["services"]["review"]

    assert [secret["target"] for secret in bot["secrets"]] == [bot["environment"]["WENJU_TOKEN_FILE"]]
    assert not review.get("secrets")
    assert "WENJU_TOKEN_FILE" not in review["environment"]
    assert TOKEN not in config(WENJU_TOKEN=TOKEN)


def test_compose_passes_every_setting_on(compose: dict[str, Any]) -> None:
    """A setting that is added to the code is not forgotten here, but for what a container has of its own."""
    source = Path(settings.__file__).read_text(encoding="utf-8")
    read = set(re.findall(r'"(WENJU_[A-Z_]+)"', source))
    passed = {name for name in compose["services"]["bot"]["environment"] if name.startswith("WENJU_")}

    assert passed - {"WENJU_TOKEN_FILE"} == read - NOT_PASSED_ON


def test_compose_lets_the_bot_end_in_peace(compose: dict[str, Any]) -> None:
    """What is under way at a stop has its time before the bot is killed; its health is asked for."""
    bot = compose["services"]["bot"]

    assert float(bot["stop_grace_period"].removesuffix("s")) >= FAREWELL + 5
    assert bot["healthcheck"]["test"] == ["CMD", "wenju", "health"]


def test_compose_opens_one_port_on_this_machine_only(compose: dict[str, Any]) -> None:
    """The bot's ports are not published; the log review's, when asked for, is on loopback."""
    assert not compose["services"]["bot"].get("ports")
    assert [port["host_ip"] for port in compose["services"]["review"]["ports"]] == ["127.0.0.1"]
    assert compose["services"]["review"]["profiles"] == ["review"]


def test_compose_passes_the_review_its_password_and_the_bot_none(compose: dict[str, Any]) -> None:
    """The file is valid without the password; with it, only the review has it."""
    given = {"WENJU_REVIEW_PASSWORD": "sesame"}

    assert compose["services"]["review"]["environment"]["WENJU_REVIEW_PASSWORD"] == ""
    assert json.loads(config(**given))["services"]["review"]["environment"] == given
    assert "WENJU_REVIEW_PASSWORD" not in compose["services"]["bot"]["environment"]


def test_compose_checks_the_review_where_no_password_is_asked(compose: dict[str, Any]) -> None:
    """The review's health check asks for the path that is open, on the port that is served."""
    check = compose["services"]["review"]["healthcheck"]["test"][-1]

    assert f"http://127.0.0.1:{settings.Settings.review_port}{HEALTH}" in check


def test_compose_keeps_the_data_in_a_named_volume(compose: dict[str, Any]) -> None:
    """Both services see the same data; the bot alone has the documents, to which admins add."""
    mounts = {
        name: {mount["target"]: mount for mount in service["volumes"]}
        for name, service in compose["services"].items()
    }

    for name in ("bot", "review"):
        data = mounts[name]["/data"]
        assert (data["type"], data["source"]) == ("volume", "data")
        assert not data.get("read_only")
    assert not mounts["bot"]["/documents"].get("read_only")
    assert mounts["bot"].keys() == {"/data", "/documents"}
    assert mounts["review"].keys() == {"/data"}


def test_the_image_runs_as_a_user_and_reports_its_health(stages: list[str]) -> None:
    """The last stage installs nothing, drops root by number, and has a health check."""
    final = stages[-1]

    assert re.search(r"(?m)^USER [1-9]\d*:[1-9]\d*$", final)
    assert 'CMD ["wenju", "health"]' in final
    assert re.search(r"(?m)^VOLUME /data$", final)
    assert not re.search(r"\b(pip|apt-get|uv) ", final)


def test_the_image_holds_what_is_needed_and_no_more(stages: list[str]) -> None:
    """The last stage takes over the installed program and the example articles; its base has a version."""
    copied = re.findall(r"(?m)^(?:COPY|ADD) (.+)$", stages[-1])

    assert copied == ["--from=build /opt/wenju /opt/wenju", "--chown=10001:10001 seeds /documents"]
    assert all(re.match(r"python:3\.\d+-slim\b", stage) for stage in stages)
    assert not re.search(r"TOKEN|PASSWORD", "".join(stages))


def test_the_build_sees_what_is_needed_and_no_more() -> None:
    """Settings, secrets, data and tests are left outside: what is not named is left out."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]

    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == {
        "LICENSE",
        "README.md",
        "bot",
        "pyproject.toml",
        "requirements.txt",
        "requirements-fast.txt",
        "requirements-ocr.txt",
        "requirements-opensearch.txt",
        "retrieval",
        "seeds",
    }
