"""Measures the endpoints of a server with wrk, beside `openssl speed -multi 2 rsa2048` before and after."""
import importlib.machinery
import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
SECONDS = int(os.environ["SECONDS_EACH"])
os.environ["SIGNET_BIN"] = os.environ["SIGNET"]
loader = importlib.machinery.SourceFileLoader("crash_harness", str(ROOT / "scripts/crash-harness"))
harness = importlib.util.module_from_spec(importlib.util.spec_from_loader("crash_harness", loader))
loader.exec_module(harness)


def raw_signatures():
    """RSA-2048 signatures per second on two cores."""
    text = subprocess.run(["openssl", "speed", "-seconds", str(max(3, SECONDS // 2)), "-multi", "2", "rsa2048"],
                          check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    line = next(line for line in text.splitlines() if re.match(r"\s*rsa\s+2048 bits", line))
    seconds = re.findall(r"(\d+\.\d+)s", line)
    return float(re.split(r"\s+", line.split(f"{seconds[-1]}s")[-1].strip())[0])


def wrk(server, path, fields, folder):
    script = pathlib.Path(folder, "request.lua")
    body = urllib.parse.urlencode(fields)
    script.write_text('wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/x-www-form-urlencoded"\n'
                      f'wrk.body = "{body}"\n')
    text = subprocess.run(["wrk", "-t2", "-c16", f"-d{SECONDS}s", "-s", str(script), f"http://localhost:{server.port}{path}"],
                          check=True, stdout=subprocess.PIPE, text=True).stdout
    if "Non-2xx" in text:
        raise SystemExit(f"{path} refused requests:\n{text}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))


def main():
    folder = tempfile.mkdtemp(prefix="signet-benchmark.")
    server = harness.Server(folder)
    try:
        server.prepare(1, {"isNamedUserJwtEnabled": "true", "isRefreshTokenRotationEnabled": "false"})
        server.start()
        client = {"client_id": server.key, "client_secret": server.secret}
        code = server.code({}, server.users[0])
        _, granted = server.token(grant_type="authorization_code", code=code, redirect_uri=harness.CALLBACK)
        cases = [
            ("client credentials", "/services/oauth2/token", {**client, "grant_type": "client_credentials"}),
            ("refresh", "/services/oauth2/token",
             {**client, "grant_type": "refresh_token", "refresh_token": granted["refresh_token"]}),
            ("introspection", "/services/oauth2/introspect", {**client, "token": granted["access_token"]}),
        ]
        before = raw_signatures()
        rates = [(name, wrk(server, path, fields, folder)) for name, path, fields in cases]
        after = raw_signatures()
        raw = (before + after) / 2
        print(f"{'openssl speed -multi 2 rsa2048':<40}{before:.0f} and {after:.0f} per second")
        for name, rate in rates:
            print(f"{name:<40}{rate:.0f} per second, {rate / raw * 100:.0f} % of raw")
    finally:
        if server.process and server.process.poll() is None:
            server.kill()
        shutil.rmtree(folder)


main()
