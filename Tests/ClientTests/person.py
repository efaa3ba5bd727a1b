"""A person at a browser: reads the pages, fills in the forms, follows the redirects, up to the app's callback."""
import html.parser
import urllib.parse

import requests


class Form(html.parser.HTMLParser):
    """The last form of a page: where it goes, its fields, its buttons."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields, self.buttons = None, {}, []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.action = attributes["action"]
        elif tag == "input" and "name" in attributes:
            self.fields[attributes["name"]] = attributes.get("value", "")
        elif tag == "button" and "name" in attributes:
            self.buttons.append((attributes["name"], attributes["value"]))


class Person:
    """Signs in with a username and a password, and allows what is asked."""

    def __init__(self, server):
        self.server = server
        self.browser = requests.Session()
        self.browser.verify = server.ca
        self.pages = []

    def authorize(self, url, decision="allow"):
        """Opens the authorization URL and returns the address of the callback that the browser is sent to."""
        answer = self.browser.get(url, allow_redirects=False)
        while True:
            if answer.is_redirect:
                target = urllib.parse.urljoin(answer.url, answer.headers["location"])
                if not target.startswith(self.server.issuer):
                    return target
                answer = self.browser.get(target, allow_redirects=False)
                continue
            assert answer.status_code == 200, answer.text
            self.pages.append(answer.text)
            form = Form(answer.text)
            if "password" in form.fields:
                form.fields.update(username=self.server.username, password=self.server.password)
            else:
                assert ("decision", decision) in form.buttons, answer.text
                form.fields["decision"] = decision
            answer = self.browser.post(
                urllib.parse.urljoin(answer.url, form.action), data=form.fields, allow_redirects=False,
                headers={"Origin": self.server.issuer},
            )


def parameters(url):
    """The query of a callback, each name once."""
    pairs = urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query, keep_blank_values=True)
    assert len(pairs) == len(dict(pairs)), f"a parameter is there twice: {url}"
    return dict(pairs)
