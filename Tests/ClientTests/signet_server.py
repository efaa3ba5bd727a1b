"""A real signet with a data directory of its own, for as long as a test needs it."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

from program import PATIENCE, Program

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVING = '"message":"serving"'
"""What the log of a server says when it takes requests."""


def binary():
    """The executable under test."""
    return os.environ.get("SIGNET_BIN") or str(ROOT / ".build" / "debug" / "signet")


def environment():
    """The environment without settings of Signet, so that a test is what it says it is."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SIGNET_")}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class SignetServer:
    """`signet init`, `dev-cert`, `app apply` and `serve`, in the way an operator would call them.

    host: the name of the server, in its certificate and its issuer
    shows_port: whether the issuer has the port; without it the server is reached through a connection that is led there
    tls: whether it speaks HTTPS
    apps: a folder of metadata to apply
    login_host: the name of the host that serves all orgs, if there is one
    """

    def __init__(self, host="localhost", shows_port=True, tls=True, apps=None, login_host=None):
        self.port = free_port()
        scheme = "https" if tls else "http"
        self.issuer = f"{scheme}://{host}:{self.port}" if shows_port else f"{scheme}://{host}"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="signet-test-"))
        self.data = self.folder / "data"
        self.ca = str(self.folder / "tls" / "ca.pem")
        self.program = None
        self._host, self._tls, self._login_host = host, tls, login_host
        self.first = json.loads(self.call("init", "--data", self.data, "--base-url", self.issuer, "--output", "json"))
        self.apps = {}
        if apps:
            self.apply(apps)

    def call(self, *arguments, text=None):
        """Runs a command and returns what it prints."""
        done = subprocess.run(
            [binary(), *map(str, arguments)], capture_output=True, text=True, env=environment(), input=text, timeout=PATIENCE
        )
        if done.returncode != 0:
            raise RuntimeError(f"signet {' '.join(map(str, arguments))} ended with {done.returncode}: {done.stderr}{done.stdout}")
        return done.stdout

    def apply(self, folder):
        answer = self.call("app", "apply", folder, "--data", self.data, "--output", "json")
        for app in json.loads(answer):
            self.apps[app["name"]] = app

    def start(self):
        """Serves, and returns when the server says that it does."""
        arguments = ["serve", "--data", str(self.data), "--port", str(self.port)]
        names = [self._host]
        if self._login_host:
            arguments += ["--login-host", self._login_host]
            names.append(self._login_host)
        if self._tls:
            folder = pathlib.Path(self.ca).parent
            self.call("dev-cert", *names, "--into", folder)
            arguments += ["--tls-cert", str(folder / "server.pem"), "--tls-key", str(folder / "server-key.pem")]
        self.program = Program([binary(), *arguments], says=SERVING, environment=environment()).wait()
        return self

    def stop(self):
        if self.program:
            self.program.stop()
        shutil.rmtree(self.folder)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def url(self, path):
        return self.issuer + path

    def key(self, app):
        return self.apps[app]["consumerKey"]

    def secret(self, app):
        return self.apps[app]["consumerSecret"]

    @property
    def username(self):
        return self.first["adminUsername"]

    @property
    def password(self):
        return self.first["adminPassword"]
