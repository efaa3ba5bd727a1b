"""The pages in a real browser: they work, without scripts and by keyboard alone, and they look as they should."""
import json
import pathlib
import sys
import tempfile
import unittest
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "ClientTests"))

from app_callback import App
from app_folder import write_app
from chromium import Chromium
from signet_server import SignetServer

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
MEASURE = (pathlib.Path(__file__).resolve().parent / "measure.js").read_text()
PHONE = {"width": 360, "height": 740, "phone": True}


class PageTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.app = App()
        cls.addClassCleanup(cls.app.close)
        with tempfile.TemporaryDirectory() as folder:
            jwt = {"isNamedUserJwtEnabled": "true", "isPkceRequired": "true"}
            write_app(
                folder, "Shop", label="Acme Shop", description="Orders and deliveries of Acme, on the road.",
                scopes="Api, RefreshToken, OpenID, Basic, Web", callback=cls.app.callback, settings=jwt,
            )
            write_app(
                folder, "Long", label=LONG[:80], description=" ".join([LONG] * 2), callback=cls.app.callback, settings=jwt,
                scopes="Full, Api, Web, RefreshToken, OpenID, Basic, CustomPermissions, CDPIdentityResolution, Chatter",
            )
            cls.server = SignetServer(tls=False, apps=folder)
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)
        cls.browser = Chromium()
        cls.addClassCleanup(cls.browser.close)

    def page(self, **view):
        page = self.browser.new_page(**view)
        self.addCleanup(page.close)
        return page

    def start(self, page, name="Shop", **more):
        page.open(self.app.authorization_url(self.server, name, **more))

    def sign_in(self, page, password=None):
        page.click("#username")
        page.run("document.querySelector('#username').select()")
        page.type(self.server.username)
        page.click("#password")
        page.type(password or self.server.password)
        page.leading(lambda: page.click("form button.primary"))

    def decide(self, page, decision):
        page.leading(lambda: page.click(f"button[value={decision}]"))

    def redeem(self):
        answer = self.app.called()
        self.assertEqual(answer["state"], self.app.state)
        return self.app.redeem(self.server, "Shop", answer["code"])

    def check(self, page, name):
        """Takes a picture, measures the page in light and dark, on a desk, a phone and a very small window."""
        for view, size in (("desk", (1280, 860, False)), ("phone", (360, 740, True)), ("small", (320, 480, True))):
            page.resize(*size)
            for dark in (False, True):
                page.prefer(dark)
                with self.subTest(page=name, view=view, dark=dark):
                    self.assertEqual(page.run(MEASURE), [])
                if view != "small":
                    page.picture(f"{name}-{view}{'-dark' if dark else ''}")
        self.assertEqual(page.complaints_of_the_browser(), [])

    def test_sign_in_and_consent(self):
        page = self.page()
        self.start(page, prompt="consent")
        self.sign_in(page)
        self.assertIn("Acme Shop", page.text)
        self.assertIn(self.server.username, page.text)
        self.decide(page, "allow")
        self.assertIn("Back at the app", page.text)
        token = self.redeem()
        self.assertEqual(token["access_token"].count("."), 2)
        self.assertIn("refresh_token", token)
        self.assertEqual(page.complaints_of_the_browser(), [])

    def test_without_scripts(self):
        page = self.page(scripts=False)
        self.start(page, prompt="consent")
        self.sign_in(page)
        self.decide(page, "allow")
        self.assertIn("access_token", self.redeem())

    def test_keyboard_alone(self):
        page = self.page()
        self.start(page, prompt="consent")
        self.assertEqual(page.focused, "username")
        page.type(self.server.username)
        page.press("Tab")
        self.assertEqual(page.focused, "password")
        page.type(self.server.password)
        page.leading(lambda: page.press("Enter"))
        order = []
        for _ in range(12):
            page.press("Tab")
            order.append(page.focused)
            outline = page.run("getComputedStyle(document.activeElement).outlineStyle")
            self.assertNotEqual(outline, "none", f"{order[-1]} does not show that it has the focus")
            if order[-1] == "allow":
                break
        self.assertEqual(order[-3:], ["switch", "deny", "allow"])
        page.leading(lambda: page.press("Enter"))
        self.assertIn("access_token", self.redeem())

    def test_deny(self):
        page = self.page()
        self.start(page, prompt="consent")
        self.sign_in(page)
        self.decide(page, "deny")
        answer = self.app.called()
        self.assertEqual((answer["error"], answer["state"]), ("access_denied", self.app.state))

    def test_the_second_time_nothing_is_asked(self):
        page = self.page()
        self.start(page)
        self.sign_in(page)
        if "Back at the app" not in page.text:
            self.decide(page, "allow")
        self.redeem()
        self.start(page)
        self.assertIn("Back at the app", page.text)
        self.redeem()

    def test_another_user(self):
        page = self.page()
        self.start(page, prompt="consent")
        self.sign_in(page)
        self.decide(page, "switch")
        self.assertTrue(page.run("!!document.querySelector('#password')"))

    def test_sign_out(self):
        page = self.page()
        self.start(page, prompt="consent")
        self.sign_in(page)
        page.open(self.server.url("/"))
        self.check(page, "home-signed-in")
        self.assertIn(self.server.username, page.text)
        page.leading(lambda: page.click("form button"))
        self.check(page, "signed-out")
        self.start(page)
        self.assertTrue(page.run("!!document.querySelector('#password')"))

    def test_a_link_that_signs_somebody_in(self):
        """flows 5.14: the browser is asked when another site sends it, and goes on to the app behind the path."""
        page = self.page()
        self.start(page, prompt="consent")
        self.sign_in(page)
        self.decide(page, "allow")
        token = self.redeem()["access_token"]
        target = self.app.authorization_url(self.server, "Shop")[len(self.server.url("")):]
        request = urllib.request.Request(
            self.server.url("/services/oauth2/singleaccess?") + urllib.parse.urlencode({"redirect_uri": target}),
            headers={"Authorization": f"Bearer {token}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            address = json.load(answer)["frontdoor_uri"]
        other = self.page()
        other.open(self.app.callback.replace("/callback", "/about"))
        other.leading(lambda: other.run(f"location.href = {json.dumps(address)}"))
        self.assertIn(f"Continue as {self.server.username}?", other.text)
        self.check(other, "front-door")
        other.leading(lambda: other.click("button[value=continue]"))
        self.assertIn("Back at the app", other.text)
        self.assertIn("access_token", self.redeem())
        other.open(self.server.url("/"))
        self.assertIn(self.server.username, other.text)

    def test_login_hint_fills_in_the_username(self):
        page = self.page()
        self.start(page, login_hint="ann@acme.example")
        self.assertEqual(page.run("document.querySelector('#username').value"), "ann@acme.example")
        self.assertEqual(page.focused, "password")

    def test_sign_in_page(self):
        page = self.page()
        self.start(page)
        self.check(page, "sign-in")

    def test_wrong_password(self):
        page = self.page()
        self.start(page)
        self.sign_in(page, password="not the password")
        self.assertEqual(page.run("document.querySelectorAll('[role=alert]').length"), 1)
        self.assertEqual(page.run("document.querySelector('#username').value"), self.server.username)
        self.assertEqual(page.run("document.querySelector('#password').value"), "")
        self.check(page, "sign-in-error")

    def test_consent_page(self):
        page = self.page()
        self.start(page, prompt="consent")
        self.sign_in(page)
        self.check(page, "consent")
        page.resize(1280, 860, False)
        self.assertLessEqual(page.run("document.documentElement.scrollHeight"), 860, "the page of a usual app needs scrolling")
        self.assertEqual(page.run("document.querySelectorAll('.scopes li').length"), 5)
        self.assertEqual(page.text.count("you are away"), 1, "what a refresh token does is said once")

    def test_the_decision_is_in_view(self):
        page = self.page()
        self.start(page, "Long", prompt="consent")
        self.sign_in(page)
        for size in ((1280, 860, False), (360, 740, True)):
            page.resize(*size)
            bottom = page.run("document.querySelector('button[value=allow]').getBoundingClientRect().bottom")
            self.assertLessEqual(bottom, size[1])

    def test_long_names(self):
        page = self.page(**PHONE)
        self.start(page, "Long", prompt="consent", login_hint="a" * 60 + "@acme.example")
        self.check(page, "long-sign-in")
        self.sign_in(page)
        self.check(page, "long-consent")

    def test_error_page(self):
        page = self.page()
        page.open(self.server.url("/services/oauth2/authorize?response_type=code&client_id=" + "x" * 200))
        self.check_error(page, "invalid_client_id")
        page.open(self.app.authorization_url(self.server, "Shop", redirect_uri="https://elsewhere.example/" + "y" * 300))
        self.check_error(page, "redirect_uri_mismatch")

    def test_pages_for_addresses_that_show_nothing(self):
        page = self.page()
        for path, name, words in (
            ("/nothing/here", "error-404", "There is nothing here"),
            ("/services/oauth2/authorize/consent", "error-405", "Go back to the app and start again"),
            ("/services/oauth2/authorize/sign-in", "error-405", "Go back to the app and start again"),
            ("/services/oauth2/token", "error-405-token", "shows nothing in a browser"),
        ):
            page.open(self.server.url(path))
            self.check_error(page, words, name)
        # Another host name that leads here: browsers know every name below localhost.
        page.open(self.server.url("/").replace("://localhost", "://other.localhost").replace("://127.0.0.1", "://other.localhost"))
        self.check_error(page, "No org has this host name", "error-421")
        self.assertEqual(page.run("getComputedStyle(document.querySelector('.card')).borderRadius"), "14px")

    def test_reloading_a_step(self):
        page = self.page()
        self.start(page)
        self.sign_in(page, password="not the password")
        page.open(page.run("location.href"))
        self.check_error(page, "start again", "error-405")

    def check_error(self, page, code, name=None):
        self.assertIn(code, page.text)
        # The browser notes every answer of 400 in its console; that one is wanted here.
        self.browser.events = [event for event in self.browser.events if event["method"] != "Log.entryAdded"]
        self.check(page, name or "error-" + code)

    def test_home_page(self):
        page = self.page()
        page.open(self.server.url("/"))
        self.check(page, "home")


def main():
    names = [f"PageTests.{name}" if "." not in name else name for name in sys.argv[1:]]
    loader = unittest.defaultTestLoader
    module = sys.modules[__name__]
    suite = loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(suite)
    # A subtest that failed is reported by itself; its test counts once.
    bad = {getattr(test, "test_case", test).id() for test, _ in result.failures + result.errors}
    print(f"{result.testsRun - len(bad) if result.testsRun else 0} passed, {len(bad)} failed")
    return 1 if bad or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())
