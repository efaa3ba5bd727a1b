#!/usr/bin/env python3
"""Examples/protected-api, built and run as its README says, and called with every kind of token."""
import base64
import json
import os
import pathlib
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "ClientTests"))

from app_folder import write_app  # noqa: E402
from program import Program  # noqa: E402
from signet_server import SignetServer, free_port  # noqa: E402
from small_issuer import SmallIssuer  # noqa: E402

MACHINE = {"isClientCredentialsFlowEnabled": "true", "clientCredentialsFlowUser": "integration@signet.example"}
SETTINGS = {"isNamedUserJwtEnabled": "true", "isClientCredentialsFlowEnabled": "true"}


class ProtectedAPI:
    """The example, for the tokens of one issuer."""

    def __init__(self, issuer):
        self.port = free_port()
        self.program = Program(
            [os.environ["PROTECTED_API_BIN"]], says="started and listening",
            environment={**os.environ, "ISSUER": issuer, "PORT": str(self.port)},
        ).wait()

    def orders(self, token=None, path="/orders"):
        """What the API answers: status, challenge and body."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}")
        if token is not None:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers.get("WWW-Authenticate"), answer.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.headers.get("WWW-Authenticate"), refusal.read().decode()

    def stop(self):
        code = self.program.stop()
        if code != 0:
            raise RuntimeError(f"protected-api ended with {code}: {self.program.text}")


def altered(token):
    header, claims, signature = token.split(".")
    at = len(signature) // 2
    return ".".join((header, claims, signature[:at] + ("A" if signature[at] != "A" else "B") + signature[at + 1:]))


class ProtectedAPITests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            write_app(folder, "Machine", scopes="Api", settings=SETTINGS, policies=MACHINE)
            write_app(folder, "Narrow", scopes="OpenID", settings=SETTINGS, policies=MACHINE)
            cls.server = SignetServer(tls=False, apps=folder).start()
        cls.addClassCleanup(cls.server.stop)
        cls.issuer = SmallIssuer()
        cls.addClassCleanup(cls.issuer.stop)
        cls.api = ProtectedAPI(cls.server.issuer)
        cls.addClassCleanup(cls.api.stop)
        cls.other = ProtectedAPI(cls.issuer.url)
        cls.addClassCleanup(cls.other.stop)

    def token(self, app):
        basic = base64.b64encode(f"{self.server.key(app)}:{self.server.secret(app)}".encode()).decode()
        request = urllib.request.Request(
            self.server.url("/services/oauth2/token"),
            data=urllib.parse.urlencode({"grant_type": "client_credentials"}).encode(),
            headers={"Authorization": f"Basic {basic}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["access_token"]

    def refused(self, answer, text):
        status, challenge, body = answer
        self.assertEqual((status, body), (401, ""))
        self.assertEqual(
            challenge, f'Bearer realm="protected-api", error="invalid_token", error_description="{text}"'
        )

    def test_good_token(self):
        """RFC 6750 section 2.1: a token of the org with the scope is answered, and says whose the orders are."""
        status, challenge, body = self.api.orders(self.token("Machine"))
        self.assertEqual((status, challenge), (200, None))
        self.assertRegex(body, r"^the orders of 005\w{15}\n$")

    def test_no_token(self):
        """RFC 6750 section 3.1: without a token the challenge names no error."""
        self.assertEqual(self.api.orders(), (401, 'Bearer realm="protected-api"', ""))
        self.assertEqual(self.api.orders(path="/orders?access_token=" + self.token("Machine"))[0], 401)

    def test_scope(self):
        """RFC 6750 section 3.1: a token without the scope is 403 and the scope is named."""
        self.assertEqual(self.api.orders(self.token("Narrow")), (
            403,
            'Bearer realm="protected-api", error="insufficient_scope", '
            'error_description="the token lacks the scope api", scope="api"',
            "",
        ))

    def test_foreign_token(self):
        """RFC 8725 section 3.8: a token of another issuer is refused, whichever of the two is asked."""
        unknown = "the token's kid is not among the keys of the issuer"
        self.refused(self.api.orders(self.issuer.token()), unknown)
        self.refused(self.other.orders(self.token("Machine")), unknown)
        self.refused(self.other.orders(self.issuer.token(iss=self.server.issuer)), "the token's iss is another issuer")
        audience = "the token's aud names none of the accepted audiences"
        self.refused(self.other.orders(self.issuer.token(aud=[self.server.issuer])), audience)

    def test_expired_token(self):
        """RFC 7519 section 4.1.4: an expired token is refused, and one of the same key that has not is not."""
        self.assertEqual(self.other.orders(self.issuer.token())[0], 200)
        now = int(time.time())
        self.refused(self.other.orders(self.issuer.token(exp=now - 60)), "the token has expired")
        self.refused(self.other.orders(self.issuer.token(iat=now + 120)), "the token's iat lies in the future")
        self.refused(self.other.orders(self.issuer.token(nbf=now + 120)), "the token is not valid yet")

    def test_altered_token(self):
        """RFC 7515 section 5.2: a token with another signature is refused."""
        self.refused(self.api.orders(altered(self.token("Machine"))), "the token's signature does not verify")
        self.refused(self.api.orders("x"), "the token is not a compact JWS")

    def test_keys_are_kept(self):
        """tokens 6: the keys are fetched and kept, not once for each token."""
        self.assertEqual(self.other.orders(self.issuer.token())[0], 200)
        before = list(self.issuer.asked)
        for _ in range(20):
            self.assertEqual(self.other.orders(self.issuer.token())[0], 200)
        self.assertEqual(self.issuer.asked, before)

    def test_tokens_stay_out_of_the_log(self):
        """decision 8: neither a token nor what it says is logged."""
        token = self.issuer.token(sub="uid:evil")
        self.assertEqual(self.other.orders(token)[0], 401)
        log = self.other.program.text
        self.assertFalse(token in log or "evil" in log, log)


def main():
    names = [f"ProtectedAPITests.{name}" if "." not in name else name for name in sys.argv[1:]]
    loader = unittest.defaultTestLoader
    module = sys.modules[__name__]
    suite = loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(suite)
    bad = len(result.failures) + len(result.errors)
    print(f"{max(result.testsRun - bad, 0)} passed, {bad} failed")
    return 1 if bad or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())
