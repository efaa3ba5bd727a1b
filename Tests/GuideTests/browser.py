#!/usr/bin/env python3
"""The browser of the reader of a guide: signs in as the admin of `./run`, allows what is asked, and opens where that ends."""
import json
import pathlib
import sys
import types
import urllib.parse

import requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "ClientTests"))

from person import Person  # noqa: E402

address = sys.argv[1]
first = json.loads(pathlib.Path(".signet/data/first-sign-in.json").read_text())
parts = urllib.parse.urlsplit(address)
server = types.SimpleNamespace(
    issuer=f"{parts.scheme}://{parts.netloc}", username=first["adminUsername"], password=first["adminPassword"], ca=True
)
requests.get(Person(server).authorize(address), timeout=60)
