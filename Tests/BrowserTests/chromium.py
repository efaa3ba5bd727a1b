"""A headless Chromium, driven by the DevTools protocol over a pipe: no driver, no packages."""
import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time

TIMEOUT = 30


class Chromium:
    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="signet-browser-")
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        arguments = [
            os.environ.get("CHROMIUM", "chromium"), "--headless=new", "--remote-debugging-pipe", "--no-first-run",
            "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", f"--user-data-dir={self.profile}",
        ]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")  # Chromium refuses to run as root with its sandbox.
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{to_browser} 4>&{from_browser}', "_", *arguments],
            pass_fds=(to_browser, from_browser), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._buffer = b""
        self._number = 0
        self.events = []

    def send(self, method, session=None, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next(time.monotonic() + TIMEOUT, method)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, session, event, matches=lambda parameters: True):
        """Returns the first event of a name, whether it came before or comes now."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            for place, seen in enumerate(self.events):
                if seen["method"] == event and seen.get("sessionId") == session and matches(seen["params"]):
                    del self.events[place]
                    return seen["params"]
            self.events.append(self._next(deadline, event))

    def _next(self, deadline, what):
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError(f"the browser did not answer: {what}")
            chunk = os.read(self._read, 1 << 20)
            if not chunk:
                raise RuntimeError("the browser ended; does it start with: chromium --headless=new --dump-dom about:blank")
            self._buffer += chunk
        message, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(message)

    def new_page(self, **view):
        return Page(self, **view)

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=TIMEOUT)
        os.close(self._write)
        os.close(self._read)
        shutil.rmtree(self.profile, ignore_errors=True)


class Page:
    """One tab in a browser context of its own, so that no cookie is shared."""

    def __init__(self, browser, width=1280, height=860, phone=False, dark=False, scripts=True):
        self.browser = browser
        self._context = browser.send("Target.createBrowserContext")["browserContextId"]
        target = browser.send("Target.createTarget", url="about:blank", browserContextId=self._context)["targetId"]
        self.session = browser.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "DOM", "Network"):
            self.send(f"{domain}.enable")
        self.send("Page.setLifecycleEventsEnabled", enabled=True)
        self.resize(width, height, phone)
        self.prefer(dark)
        self.send("Emulation.setFocusEmulationEnabled", enabled=True)
        self._scripts = scripts
        if not scripts:
            self.send("Emulation.setScriptExecutionDisabled", value=True)

    def send(self, method, **parameters):
        return self.browser.send(method, self.session, **parameters)

    def resize(self, width, height, phone=False):
        self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2 if phone else 1, mobile=phone
        )

    def prefer(self, dark):
        self.send(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}],
        )

    def open(self, url):
        self._forget()
        frame = self.send("Page.navigate", url=url)
        if "errorText" in frame:
            raise RuntimeError(f"{url}: {frame['errorText']}")
        self._loaded()

    def leading(self, action):
        """Does what leads to another page, and returns when that one is there."""
        self._forget()
        action()
        self._loaded()

    def _forget(self):
        self.browser.events = [
            event for event in self.browser.events if event["method"] not in ("Page.loadEventFired", "Page.frameNavigated")
        ]

    def _loaded(self):
        self.browser.wait(self.session, "Page.loadEventFired")
        if self._scripts:  # autofocus comes with the first frames that are painted
            self.send(
                "Runtime.evaluate", awaitPromise=True,
                expression="new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))",
            )

    def run(self, expression):
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    @property
    def url(self):
        return self.run("location.href")

    @property
    def text(self):
        return self.run("document.body.innerText")

    def type(self, text):
        self.send("Input.insertText", text=text)

    def press(self, key, shift=False):
        code = {"Tab": 9, "Enter": 13}[key]
        facts = {"key": key, "code": key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        if key == "Enter":
            facts["text"] = "\r"
        self.send("Input.dispatchKeyEvent", type="keyDown", **facts)
        self.send("Input.dispatchKeyEvent", type="keyUp", **facts)

    def click(self, selector):
        """Clicks in the middle of an element, as a person does."""
        box = self.run(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center'}});"
            " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    @property
    def focused(self):
        """What the keyboard is at: the name, or the value of a button, or the text."""
        return self.run("(e => e.value && e.tagName === 'BUTTON' ? e.value : e.name || e.innerText)(document.activeElement)")

    def complaints_of_the_browser(self):
        """What the browser wrote to its console: refused styles, refused forms, missing files."""
        texts = []
        for event in self.browser.events:
            if event.get("sessionId") == self.session and event["method"] == "Log.entryAdded":
                texts.append(event["params"]["entry"]["text"] + " " + event["params"]["entry"].get("url", ""))
        return texts

    def picture(self, name):
        folder = pathlib.Path(__file__).resolve().parents[2] / ".build-screens"
        folder.mkdir(exist_ok=True)
        shot = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        (folder / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))

    def close(self):
        self.browser.send("Target.disposeBrowserContext", browserContextId=self._context)
