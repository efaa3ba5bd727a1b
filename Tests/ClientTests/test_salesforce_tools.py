"""The requests of Salesforce's command line and of CumulusCI, as they put them on the wire (not by their libraries)."""
import time
import urllib.parse

import jwt
import pytest
import requests

from conftest import CUMULUSCI_CALLBACK
from person import Person, parameters


def assertion_grant(server, claims, key):
    return requests.post(
        server.url("/services/oauth2/token"), timeout=10,
        data={
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": jwt.encode(claims, key, algorithm="RS256"),
        },
    )


@pytest.mark.parametrize("audience", ["https://login.salesforce.com", "https://test.salesforce.com", None])
def test_sf_assertion_in_milliseconds(server, client_key, audience):
    """RFC 7523 section 3: the sf command line's exp in milliseconds is accepted, with each of its audiences."""
    claims = {
        "iss": server.key("Assertion"), "sub": server.username, "aud": audience or server.issuer,
        "exp": int(time.time() * 1000) + 300,
    }
    answer = assertion_grant(server, claims, client_key.private)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["instance_url"] == server.issuer
    assert body["id"].startswith(f"{server.issuer}/id/{server.first['orgId']}/005")
    assert "refresh_token" not in body


def test_cumulusci_assertion(server, client_key):
    """RFC 7523 section 3: CumulusCI's exp = now and its alg among the claims are accepted."""
    claims = {
        "alg": "RS256", "iss": server.key("Assertion"), "sub": server.username, "aud": "https://login.salesforce.com",
        "exp": int(time.time()),
    }
    answer = assertion_grant(server, claims, client_key.private)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "change", [{"exp": 1_000_000_000}, {"aud": "https://elsewhere.example"}, {"sub": "nobody@acme.example"}],
    ids=["expired", "audience", "subject"],
)
def test_assertion_refused(server, client_key, change):
    """RFC 7523 section 3.1: an assertion that does not hold is invalid_grant, with a reason."""
    claims = {
        "iss": server.key("Assertion"), "sub": server.username, "aud": server.issuer, "exp": int(time.time()) + 120,
    }
    answer = assertion_grant(server, claims | change, client_key.private)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert answer.json()["error_description"]


def test_assertion_of_another_key(server):
    """RFC 7523 section 3: an assertion that another key signed is refused."""
    from conftest import ClientKey

    claims = {
        "iss": server.key("Assertion"), "sub": server.username, "aud": server.issuer, "exp": int(time.time()) + 120,
    }
    answer = assertion_grant(server, claims, ClientKey().private)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.fixture
def cumulusci(server):
    """The token answer of CumulusCI's org connect: the redirect_uri is not encoded, there is no state and no PKCE."""
    url = (
        f"{server.issuer}/services/oauth2/authorize?response_type=code&client_id={server.key('CumulusCI')}"
        f"&redirect_uri={CUMULUSCI_CALLBACK}&scope=web%20full%20refresh_token&prompt=login"
    )
    callback = Person(server).authorize(url)
    assert callback.startswith(CUMULUSCI_CALLBACK)
    answer = requests.post(
        server.url("/services/oauth2/token"), timeout=10,
        data={
            "client_id": server.key("CumulusCI"), "client_secret": server.secret("CumulusCI"),
            "grant_type": "authorization_code", "redirect_uri": CUMULUSCI_CALLBACK, "code": parameters(callback)["code"],
        },
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_cumulusci_connects(server, cumulusci):
    """RFC 6749 section 4.1.3: a redirect_uri that came unencoded is the same at the token endpoint."""
    assert urllib.parse.urlsplit(cumulusci["id"]).path.split("/")[-2] == server.first["orgId"]
    assert cumulusci["instance_url"] == server.issuer
    assert cumulusci["issued_at"].isdigit()
    assert cumulusci["signature"]


def test_cumulusci_task(server, cumulusci):
    """Salesforce: each task refreshes, reads userinfo, the versions and the organization."""
    token = requests.post(
        cumulusci["instance_url"] + "/services/oauth2/token", timeout=10,
        data={
            "client_id": server.key("CumulusCI"), "client_secret": server.secret("CumulusCI"),
            "grant_type": "refresh_token", "refresh_token": cumulusci["refresh_token"],
        },
    ).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    get = lambda path: requests.get(server.url(path), headers=headers, timeout=10).json()
    assert get("/services/oauth2/userinfo")["preferred_username"] == server.username
    latest = get("/services/data")[-1]["version"]
    organization = get(f"/services/data/v{latest}/sobjects/Organization/{server.first['orgId']}")
    assert {"OrganizationType", "IsSandbox", "InstanceName", "NamespacePrefix", "TrialExpirationDate"} <= set(organization)


def test_opaque_app(server):
    """Salesforce: an app without JWT-based access tokens gets the org's id, an exclamation mark and a random text."""
    answer = requests.post(
        server.url("/services/oauth2/token"), timeout=10,
        data={
            "grant_type": "client_credentials", "client_id": server.key("Opaque"), "client_secret": server.secret("Opaque"),
        },
    ).json()
    assert answer["access_token"].startswith("00D") and "!" in answer["access_token"]
    introspect = lambda: requests.post(
        server.url("/services/oauth2/introspect"), data={"token": answer["access_token"]},
        auth=(server.key("Opaque"), server.secret("Opaque")), timeout=10,
    ).json()
    assert introspect()["active"] is True
    assert requests.post(
        server.url("/services/oauth2/revoke"), data={"token": answer["access_token"]}, timeout=10
    ).status_code == 200
    assert introspect() == {"active": False}


def test_revoked_token_opens_nothing(server):
    """Salesforce: the REST resources answer a revoked token with 401 and an array of one INVALID_SESSION_ID."""
    token = requests.post(
        server.url("/services/oauth2/token"), timeout=10, auth=(server.key("Machine"), server.secret("Machine")),
        data={"grant_type": "client_credentials"},
    ).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    resource = server.url("/services/data/v63.0/limits")
    assert requests.get(resource, headers=headers, timeout=10).status_code == 200
    requests.post(server.url("/services/oauth2/revoke"), data={"token": token}, timeout=10)
    answer = requests.get(resource, headers=headers, timeout=10)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")
