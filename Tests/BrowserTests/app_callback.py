"""The web application of the tests: waits for the browser at its callback and redeems the code."""
import base64
import hashlib
import http.server
import json
import queue
import secrets
import threading
import urllib.parse
import urllib.request


class App:
    def __init__(self):
        self.calls = queue.Queue()
        app = self

        class Callback(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                address = urllib.parse.urlsplit(self.path)
                if address.path == "/callback":
                    app.calls.put(dict(urllib.parse.parse_qsl(address.query)))
                self.send_response(200 if address.path in ("/callback", "/about") else 404)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<!doctype html><title>The app</title><h1>Back at the app</h1>")

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Callback)
        self.callback = f"http://127.0.0.1:{self._server.server_port}/callback"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def authorization_url(self, server, name, **more):
        self.verifier, self.state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code", "client_id": server.key(name), "redirect_uri": self.callback, "state": self.state,
            "code_challenge": challenge, "code_challenge_method": "S256", **more,
        }
        return server.url("/services/oauth2/authorize?") + urllib.parse.urlencode(query)

    def called(self):
        return self.calls.get(timeout=30)

    def redeem(self, server, name, code):
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self.callback, "code_verifier": self.verifier,
            "client_id": server.key(name), "client_secret": server.secret(name),
        }
        with urllib.request.urlopen(
            server.url("/services/oauth2/token"), urllib.parse.urlencode(form).encode(), timeout=30
        ) as answer:
            return json.load(answer)

    def close(self):
        self._server.shutdown()
        self._server.server_close()
