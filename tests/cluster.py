"""A real object store of several programs: SeaweedFS master, two volume servers, filer and S3.

``python -m tests.cluster`` starts one and waits; the tests share one, started when the first of them asks.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from lantai.platform.places.stores import presigned
from tests.ports import free_port

ACCESS_KEY, SECRET_KEY, REGION = "sample-archive", "sample-archive-secret", "us-east-1"
_LOCK = """<ObjectLockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode>
<Days>1</Days></DefaultRetention></Rule></ObjectLockConfiguration>"""
_IDENTITIES = {
    "identities": [
        {
            "name": "archive",
            "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
    ]
}
_GROWTH = "[master.volume_growth]\ncopy_1 = 1\ncopy_2 = 1\n"  # one volume at a time: a new bucket waits less
_GRPC = 10_000  # SeaweedFS listens there too
_ANSWER_SECONDS = 180.0


def find_weed() -> str | None:
    """The program of SeaweedFS, beside this Python or on the path."""
    places = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    return shutil.which("weed", path=os.pathsep.join(places))


def _free_ports(names: tuple[str, ...]) -> dict[str, int]:
    """A port for each, none of them two times; their twins for gRPC are free as well."""
    ports: set[int] = set()
    while len(ports) < len(names):
        ports.add(free_port(_GRPC))
    return dict(zip(names, ports, strict=True))


@dataclass
class Cluster:
    """Five programs; each is ended by its own process, never by name."""

    folder: Path
    weed: str
    ports: dict[str, int] = field(default_factory=dict)
    programs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def endpoint(self) -> str:
        """Where its S3 answers."""
        return f"http://127.0.0.1:{self.ports['s3']}"

    @property
    def secret(self) -> str:
        """What stands in the setting of a place on it."""
        return f"access_key_id={ACCESS_KEY}&secret_access_key={SECRET_KEY}"

    def start(self) -> None:
        """Start all programs and wait until the last answers."""
        names = ("master", "volume1", "volume2", "filer", "s3")
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = self.folder / "ports.json"  # who was told the address finds it again after the next start
        self.ports = json.loads(kept.read_text()) if kept.is_file() else _free_ports(names)
        kept.write_text(json.dumps(self.ports))
        (self.folder / "s3.json").write_text(json.dumps(_IDENTITIES))
        for name in names:
            self.run(name)
            self._wait(name)
        pids = {name: process.pid for name, process in self.programs.items()}
        (self.folder / "pids.json").write_text(json.dumps(pids))

    def join(self) -> bool:
        """Use the programs that another process has started in this folder; whether there are any."""
        if not (self.folder / "pids.json").is_file():
            return False
        self.ports = json.loads((self.folder / "ports.json").read_text())
        return True

    @staticmethod
    def end(folder: Path) -> None:
        """End the programs that some process has started in a folder and left."""
        kept = folder / "pids.json"
        for pid in json.loads(kept.read_text()).values() if kept.is_file() else ():
            with contextlib.suppress(OSError):
                if str(folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGKILL)

    def run(self, name: str) -> None:
        """Start one program, also again after `kill`."""
        home = self.folder / name
        home.mkdir(exist_ok=True)
        (home / "master.toml").write_text(_GROWTH)
        with (self.folder / f"{name}.log").open("ab") as log:
            self.programs[name] = subprocess.Popen(self._command(name), stdout=log, stderr=log, cwd=home)

    def kill(self, name: str) -> None:
        """End one program at once."""
        self.programs[name].kill()
        self.programs[name].wait(timeout=30)

    def pause(self, name: str) -> None:
        """Let one program stand still: it takes connections and never answers."""
        self.programs[name].send_signal(signal.SIGSTOP)

    def wake(self, name: str) -> None:
        """Let it go on."""
        self.programs[name].send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End all programs."""
        for process in reversed(self.programs.values()):
            process.kill()  # it has nothing to save, and says goodbye for half a minute
        for process in self.programs.values():
            process.wait(timeout=30)

    def await_s3(self) -> None:
        """Wait until S3 answers again."""
        self._wait("s3")

    def make_bucket(self, name: str, *, is_locking: bool = False) -> None:
        """A bucket, unless it is there; a locking one keeps everything that is put there for a day."""
        try:
            self._put(name, {}, {"x-amz-bucket-object-lock-enabled": "true"} if is_locking else {}, b"")
        except urllib.error.HTTPError as why:
            if why.code != 409:
                raise
        if is_locking:
            self._put(name, {"object-lock": ""}, {}, _LOCK.encode())

    def _put(self, path: str, query: dict[str, str], headers: dict[str, str], body: bytes) -> None:
        account = presigned.Account(self.endpoint, REGION, ACCESS_KEY, SECRET_KEY)
        url = presigned.presign(account, "PUT", path, query, datetime.now(UTC), headers)
        asked = urllib.request.Request(url, data=body, method="PUT", headers=headers)
        urllib.request.urlopen(asked, timeout=120).close()

    def _command(self, name: str) -> list[str]:
        port, folder = self.ports[name], self.folder / name
        master, filer = f"127.0.0.1:{self.ports['master']}", f"127.0.0.1:{self.ports['filer']}"
        volume = [
            f"-dir={folder}",
            f"-mserver={master}",
            "-max=24",
            "-index=memory",
            "-minFreeSpacePercent=1",
        ]
        own = {
            "master": [
                f"-mdir={folder}",
                "-volumeSizeLimitMB=64",
                "-defaultReplication=001",
                "-telemetry=false",
            ],
            "volume1": [*volume, "-ip=127.0.0.1"],
            "volume2": [*volume, "-ip=127.0.0.1"],
            "filer": [f"-master={master}", f"-defaultStoreDir={folder}", "-ip=127.0.0.1"],
            "s3": [
                f"-filer={filer}",
                f"-config={self.folder / 's3.json'}",
                "-iam=false",
                "-port.iceberg=0",
                "-port.lance=0",
            ],
        }
        kind = name.rstrip("12")
        if name == "master":
            own[name].append("-ip=127.0.0.1")
        return [self.weed, "-logtostderr", kind, "-ip.bind=127.0.0.1", f"-port={port}", *own[name]]

    def _wait(self, name: str) -> None:
        path = {"master": "/cluster/status", "filer": "/", "s3": "/"}.get(name, "/status")
        until = time.monotonic() + _ANSWER_SECONDS
        while time.monotonic() < until and self.programs[name].poll() is None:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.ports[name]}{path}", timeout=2).close()
                return
            except urllib.error.HTTPError:
                return  # it answers, though it does not let us in
            except OSError:
                time.sleep(0.1)
        said = (self.folder / f"{name}.log").read_text(errors="replace")[-800:]
        self.stop()
        raise RuntimeError(f"SeaweedFS {name} did not start: {said}")


def main(folder: Path) -> None:
    """Run a cluster until this program is told to end."""
    weed = find_weed()
    if weed is None:
        raise SystemExit("the program weed is not installed: pip install -r requirements/dev.txt")
    cluster = Cluster(folder, weed)

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    try:
        cluster.start()
        print(json.dumps({"endpoint": cluster.endpoint, "secret": cluster.secret}), flush=True)
        signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        cluster.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
