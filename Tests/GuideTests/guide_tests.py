"""Runs README.md and docs/guides/*.md as a reader would: in the order of the README, one after the other in one folder and
with the server of `./run`. Guides that are named are run in a folder that nothing else was done in."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import types
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "Tests" / "ClientTests"), str(ROOT / "Tests" / "GuideTests")]

import guide  # noqa: E402
from person import Person  # noqa: E402
from program import PATIENCE, Program  # noqa: E402
from signet_server import SERVING, binary, free_port  # noqa: E402


class Failure(Exception):
    """What a guide says is not so."""


class Workspace:
    """The folder a reader is in after `./run` and the lines of README.md that put signet on the PATH.

    The ports that the guides name are replaced by free ones, so that guides run beside whatever the machine serves.
    """

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="signet-guide-"))
        self.ports = {port: str(free_port()) for port in ("8080", "8081", "8082", "8083", "8443")}
        self.servers = []
        self.state = self.folder / ".state"
        self.state.write_text("")
        release = self.folder / ".build" / "release"
        release.mkdir(parents=True)
        (release / "signet").symlink_to(binary())
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("SIGNET_", "PYTHON"))
        }
        python = pathlib.Path(sys.executable).parent
        self.environment["XDG_CONFIG_HOME"] = str(self.folder / ".config")
        self.environment["BROWSER"] = str(ROOT / "Tests" / "GuideTests" / "browser.py")
        self.environment["PATH"] = f"{python}:{release}:{os.environ['PATH']}"

    def begin(self):
        """Does what `./run` does."""
        issuer = f"http://localhost:{self.ports['8080']}"
        (self.folder / ".signet").mkdir()
        said = self.run_text(f"signet init --data .signet/data --base-url {issuer} --output json 2>/dev/null")
        (self.folder / ".signet/data/first-sign-in.json").write_text(said)
        self.first = json.loads(said)
        self.serve(f"signet serve --data .signet/data --port {self.ports['8080']}")

    def real(self, text):
        """The text of a guide with the ports of this run."""
        for port, free in self.ports.items():
            text = text.replace(f"localhost:{port}", f"localhost:{free}").replace(f"--port {port}", f"--port {free}")
        return text

    def run_text(self, text, code=0, typed=""):
        """Runs shell text as the reader's terminal does: variables and functions stay from block to block."""
        keep = f"{{ declare -p | grep -vE '^declare -[a-zA-Z]*r'; declare -f; }} >{self.state} 2>/dev/null"
        script = f"trap 'code=$?; {keep.replace(chr(39), chr(34))}; exit $code' EXIT\nsource {self.state}\nset -eo pipefail\n{text}\n"
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env=self.environment, input=typed, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE,
        )
        if done.returncode != code:
            raise Failure(f"it ended with {done.returncode} and not with {code}:\n{done.stdout}")
        return done.stdout

    def run_python(self, text):
        file = self.folder / "block.py"
        file.write_text(text)
        return self.run_text("python3 block.py")

    def serve(self, text):
        """Starts a server, and returns when it answers."""
        server = Program(
            ["bash", "-c", f"exec {text.strip()}"], says=SERVING, folder=self.folder, environment=self.environment
        )
        self.servers.append(server)
        try:
            server.wait()
        except RuntimeError as error:
            raise Failure(f"the server did not start: {error}") from error

    def sign_in(self, address):
        """The address at which the browser of the admin ends."""
        server = types.SimpleNamespace(
            issuer=self.first["issuer"], username=self.first["adminUsername"], password=self.first["adminPassword"], ca=True
        )
        return Person(server).authorize(address)

    def end_guide(self):
        """Closes the terminals of a guide; the server of `./run` stays."""
        for server in self.servers[1:]:
            server.stop()
        del self.servers[1:]
        self.state.write_text("")

    def end(self):
        for server in self.servers:
            server.stop()
        shutil.rmtree(self.folder)


def run(block, workspace, printed):
    """Runs one block; returns what it printed."""
    text = workspace.real(block.text)
    if block.directive.startswith("serves"):
        workspace.serve(text)
        return ""
    if block.path:
        file = workspace.folder / block.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")
        return ""
    if block.language == "python":
        return workspace.run_python(text)
    typed = workspace.sign_in(printed.strip()) + "\n" if block.directive.startswith("a person") else ""
    return workspace.run_text(text, code=block.exit_code, typed=typed)


def check(block, workspace, printed):
    output = run(block, workspace, printed)
    if block.expected is not None and not guide.prints(workspace.real(block.expected), output):
        raise Failure(f"it printed\n{output}\nand not\n{workspace.real(block.expected)}")
    return output


def test(path, workspace):
    """Runs a guide; returns how many blocks passed and failed. The first that fails ends it: the others build on it."""
    text = path.read_text()
    if path.name == "README.md":
        before, heading, rest = text.partition("## First steps")
        text = "\n" * before.count("\n") + heading + rest
    name = path.relative_to(ROOT)
    try:
        found = guide.blocks(text)
    except ValueError as error:
        print(f"FAILED {name}: {error}")
        return 0, 1
    if not any(block.language in ("bash", "python") for block in found):
        print(f"FAILED {name}: there is nothing in it to run")
        return 0, 1
    passed, printed = 0, ""
    try:
        for block in found:
            if block.directive.startswith("skip"):
                print(f"left   {name}:{block.line} ({block.directive.removeprefix('skip, ')})")
                continue
            try:
                printed = check(block, workspace, printed)
            except (Failure, AssertionError, subprocess.TimeoutExpired) as failure:
                print(f"FAILED {name}:{block.line}: {failure}")
                return passed, 1
            print(f"ok     {name}:{block.line} {block.path or block.language}")
            passed += 1
        return passed, 0
    finally:
        workspace.end_guide()


def test_in_turn(paths):
    """Runs guides one after the other as after one `./run`."""
    workspace = Workspace()
    try:
        workspace.begin()
        return [test(path, workspace) for path in paths]
    except Failure as failure:
        print(f"FAILED what ./run does before the guides: {failure}")
        return [(0, 1)]
    finally:
        workspace.end()


def in_order():
    """README.md and the guides, as the README names them."""
    readme = ROOT / "README.md"
    named = dict.fromkeys(re.findall(r"\((docs/guides/[^)#]+\.md)[)#]", readme.read_text().partition("## First steps")[2]))
    missing = {str(path.relative_to(ROOT)) for path in (ROOT / "docs" / "guides").glob("*.md")} - named.keys()
    if missing:
        sys.exit(f"README.md names no {' and no '.join(sorted(missing))}\n0 passed, 1 failed")
    return [readme, *(ROOT / name for name in named)]


def main():
    chosen = [pathlib.Path(name).resolve() for name in sys.argv[1:]]
    results = [result for path in chosen for result in test_in_turn([path])] or test_in_turn(in_order())
    passed, failed = (sum(column) for column in zip(*results))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
