"""A real OpenSearch cluster on this machine: a JVM a node, from Maven Central, on ports of its own.

The jars are fetched once, into the ignored build folder. Every node listens on the loopback interface alone,
keeps its data in a temporary folder, and ends with the process that has started it, whatever happens to that.
"""

from __future__ import annotations

import fcntl
import json
import random
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_POM = Path(__file__).with_name("pom.xml")
_PROGRAM = Path(__file__).with_name("Node.java")
_JARS = Path(__file__).parents[2] / "build" / "opensearch"
_NODES = 3
_PATIENCE = 120  # seconds; three JVMs start at once, on two cores that others use, too
_OFTEN = 0.2
# Below the ports that Linux gives to clients, so that none of these takes one while a node is being started.
_PORTS = range(15_000, 32_000)
_JAVA = ("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")


class Unavailable(Exception):  # noqa: N818 - a state of the machine
    """What a cluster needs is not on this machine."""


class Node:
    """One node: a folder with its settings and data, and a process where it runs."""

    def __init__(self, folder: Path, http: int, settings: dict[str, object]) -> None:
        self.url = f"http://127.0.0.1:{http}"
        self._folder = folder
        self._http = http
        self._process: subprocess.Popen[bytes] | None = None
        config = folder / "config"
        config.mkdir(parents=True)
        # JSON is YAML, too.
        (config / "opensearch.yml").write_text(json.dumps(settings), encoding="utf-8")

    def start(self, jars: Path) -> None:
        with (self._folder / "output.txt").open("ab") as output:
            self._process = subprocess.Popen(
                # Other tests, which have less patience, go first.
                ["nice", "-n", "5", "java", *_JAVA, "-cp", f"{jars}:{jars}/*", "Node",
                 self._folder, str(self._http)],
                stdin=subprocess.PIPE, stdout=output, stderr=output, cwd=self._folder,
            )  # fmt: skip

    def kill(self) -> None:
        """As `kill -9` does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As an operator does."""
        self._end(signal.SIGTERM)

    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def said(self) -> str:
        """The end of what it has printed."""
        return (self._folder / "output.txt").read_text(encoding="utf-8", errors="replace")[-3000:]

    def _end(self, number: int) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process = None


class Nodes:
    """The nodes of one cluster; `url` names them all."""

    def __init__(self, folder: Path, jars: Path, **settings: object) -> None:
        self._jars = jars
        ports = _free_ports(2 * _NODES)
        addresses = [f"127.0.0.1:{port}" for port in ports[_NODES:]]
        common = {
            "network.host": "127.0.0.1",
            "discovery.seed_hosts": addresses,
            "cluster.initial_cluster_manager_nodes": addresses,
            # A developer's full disk is no reason to refuse an index.
            "cluster.routing.allocation.disk.threshold_enabled": False,
            **settings,
        }
        self.all = [
            Node(folder / str(transport), http, {**common, "transport.port": transport})
            for http, transport in zip(ports[:_NODES], ports[_NODES:], strict=True)
        ]
        self.url = ",".join(node.url for node in self.all)

    def start(self, nodes: Sequence[Node]) -> None:
        """Start nodes that do not run, and wait until all that run have joined."""
        for node in nodes:
            node.start(self._jars)
        running = sum(not node.has_ended() for node in self.all)
        for node in nodes:
            self._wait(node, "wait_for_nodes", str(running))

    def restore(self) -> None:
        """Start the nodes that have ended, and wait until every copy of every index is in use."""
        self.start([node for node in self.all if node.has_ended()])
        for node in self.all:
            self._wait(node, "wait_for_status", "green")

    def _wait(self, node: Node, condition: str, value: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not node.has_ended():
            try:
                request(f"{node.url}/_cluster/health?{condition}={value}&timeout=5s")
            except (URLError, OSError):
                if time.monotonic() > deadline:
                    break
                time.sleep(_OFTEN)
            else:
                return
        raise AssertionError(f"{node.url} did not get to {condition}={value}:\n{node.said()}")


@contextmanager
def running(**settings: object) -> Iterator[Nodes]:
    """Run a cluster with these settings of OpenSearch's own. Raise Unavailable where it cannot run."""
    jars = _fetched()
    with TemporaryDirectory(prefix="wenju-nodes-", ignore_cleanup_errors=True) as folder:
        nodes = Nodes(Path(folder), jars, **settings)
        try:
            nodes.start(nodes.all)
            yield nodes
        finally:
            for node in nodes.all:
                node.kill()


def request(url: str, body: object = None, method: str | None = None) -> object:
    """What a node answers. Raise URLError where it does not, or with an error."""
    data = None if body is None else json.dumps(body).encode()
    asked = Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urlopen(asked, timeout=30) as answer:
        return json.load(answer)


def _fetched() -> Path:
    """Return the folder of the jars, with the program that runs a node; both are made where they are not."""
    missing = [tool for tool in ("java", "javac", "mvn") if not shutil.which(tool)]
    if missing:
        raise Unavailable(
            f"no {', '.join(missing)}: the nodes of a cluster need a JDK of 17 or later and Maven"
        )
    _JARS.mkdir(parents=True, exist_ok=True)
    jars, complete = _JARS / "jars", _JARS / "complete"
    with (_JARS / "LOCK").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several processes may test at once
        wanted = _POM.read_text(encoding="utf-8") + _PROGRAM.read_text(encoding="utf-8")
        if complete.exists() and complete.read_text(encoding="utf-8") == wanted:
            return jars
        shutil.rmtree(jars, ignore_errors=True)
        _run("mvn", "-q", "-B", "-f", _POM, "dependency:copy-dependencies", f"-DoutputDirectory={jars}")
        _run("javac", "-cp", f"{jars}/*", "-d", jars, _PROGRAM)
        complete.write_text(wanted, encoding="utf-8")
    return jars


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(
            f"{command[0]} failed for the nodes of a cluster:\n{(done.stdout + done.stderr)[-2000:]}"
        )


def _free_ports(count: int) -> list[int]:
    ports: list[int] = []
    while len(ports) < count:
        port = random.choice(_PORTS)
        with socket.socket() as tried:
            if port not in ports and tried.connect_ex(("127.0.0.1", port)):
                ports.append(port)
    return ports
