"""An issuer whose key the test holds, so that it can sign what no real server would: a token that expired long ago."""
import base64
import http.server
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import time


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class SmallIssuer:
    """Serves a discovery document and a key set at http://localhost:PORT; counts what is asked for."""

    KEY_ID = "CORE_ATJWT.test.1"

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="signet-issuer-"))
        self.key = self.folder / "key.pem"
        subprocess.run(["openssl", "genrsa", "-out", self.key, "2048"], check=True, capture_output=True)
        said = subprocess.run(
            ["openssl", "rsa", "-in", self.key, "-noout", "-modulus"], check=True, capture_output=True, text=True
        ).stdout
        modulus = bytes.fromhex(re.search(r"Modulus=([0-9A-F]+)", said).group(1))
        self.asked = []
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked.append(self.path)
                documents = {
                    "/.well-known/openid-configuration": {"issuer": issuer.url, "jwks_uri": issuer.url + "/keys"},
                    "/keys": {"keys": [{
                        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": issuer.KEY_ID, "n": encode(modulus), "e": "AQAB",
                    }]},
                }
                body = json.dumps(documents.get(self.path, {})).encode()
                self.send_response(200 if self.path in documents else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("localhost", 0), Handler)
        self.url = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def token(self, **changes):
        """A token of the Salesforce profile, good for ten minutes, with some claims changed."""
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": [self.url], "sub": "uid:005SG000008eiAbYAI", "scp": "api", "client_id": "3MVG9test",
            "iat": now, "nbf": now - 15, "exp": now + 600, **changes,
        }
        header = {"alg": "RS256", "kid": self.KEY_ID, "tty": "sfdc-core-token", "typ": "JWT"}
        signed = ".".join(encode(json.dumps(part).encode()) for part in (header, claims))
        signature = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", self.key], input=signed.encode(), check=True, capture_output=True
        ).stdout
        return f"{signed}.{encode(signature)}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        shutil.rmtree(self.folder)
