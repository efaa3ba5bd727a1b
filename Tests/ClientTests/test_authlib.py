"""Authlib's OAuth2Session: the code flow with PKCE as a web application does it, found by discovery."""
import base64
import hashlib

import pytest
import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import KeySet

from conftest import CALLBACK
from person import Person, parameters


@pytest.fixture
def documents(server):
    """The discovery document and the keys that it names."""
    discovery = requests.get(server.url("/.well-known/openid-configuration"), timeout=10).json()
    keys = requests.get(discovery["jwks_uri"], timeout=10).json()
    return discovery, keys


@pytest.fixture
def session(server, documents):
    """A web application that knows what discovery told it."""
    discovery, _ = documents
    return OAuth2Session(
        server.key("Browser"), server.secret("Browser"), scope="openid api refresh_token id", redirect_uri=CALLBACK,
        code_challenge_method="S256", token_endpoint=discovery["token_endpoint"],
        revocation_endpoint=discovery["revocation_endpoint"], token_endpoint_auth_method="client_secret_basic",
    )


def authorize(server, session, discovery, nonce="n-0S6_WzA2Mj"):
    """Has a person allow the app; returns the state, the callback's address and the PKCE verifier."""
    verifier = generate_token(64)
    url, state = session.create_authorization_url(
        discovery["authorization_endpoint"], code_verifier=verifier, nonce=nonce
    )
    person = Person(server)
    return state, person.authorize(url), verifier, person


def redeem(server, session, discovery, nonce="n-0S6_WzA2Mj"):
    state, callback, verifier, _ = authorize(server, session, discovery, nonce)
    session.state = state
    return session.fetch_token(
        discovery["token_endpoint"], authorization_response=callback, code_verifier=verifier
    )


def test_discovery_names_itself(server, documents):
    """OpenID Connect Discovery section 4.3: the issuer of the document is the one that was asked."""
    discovery, keys = documents
    assert discovery["issuer"] == server.issuer
    assert "S256" in discovery["code_challenge_methods_supported"]
    assert all(key["kid"] and key["use"] == "sig" for key in keys["keys"])


def test_rfc8414_metadata_validates(server):
    """RFC 8414 section 2: Authlib finds no fault with the metadata."""
    from authlib.oauth2.rfc8414 import AuthorizationServerMetadata

    document = requests.get(server.url("/.well-known/oauth-authorization-server"), timeout=10).json()
    AuthorizationServerMetadata(document).validate()


def test_openid_metadata_validates(documents):
    """OpenID Connect Discovery section 3: Authlib finds no fault with the metadata."""
    from authlib.oidc.discovery import OpenIDProviderMetadata

    discovery, _ = documents
    OpenIDProviderMetadata(discovery).validate()


def test_code_flow_with_pkce(server, session, documents):
    """RFC 7636 section 4: the person signs in and consents, the code is redeemed with the verifier."""
    discovery, _ = documents
    state, callback, verifier, person = authorize(server, session, discovery)
    answer = parameters(callback)
    assert callback.startswith(CALLBACK + "?")
    assert answer["state"] == state
    assert [("Password" in page, "asks to" in page) for page in person.pages] == [(True, False), (False, True)]
    session.state = state
    token = session.fetch_token(
        discovery["token_endpoint"], authorization_response=callback, code_verifier=verifier
    )
    assert token["token_type"] == "Bearer"
    assert token["access_token"].count(".") == 2
    assert token["refresh_token"]
    assert token["id"].startswith(f"{server.issuer}/id/{server.first['orgId']}/005")


def test_id_token_with_joserfc(server, session, documents):
    """OpenID Connect Core section 3.1.3.7: iss, aud, nonce, times and at_hash hold for joserfc."""
    discovery, keys = documents
    token = redeem(server, session, discovery, nonce="a-nonce")
    decoded = joserfc_jwt.decode(token["id_token"], KeySet.import_key_set(keys), algorithms=["RS256"])
    joserfc_jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": server.issuer}, aud={"essential": True, "value": server.key("Browser")},
        nonce={"essential": True, "value": "a-nonce"}, exp={"essential": True}, iat={"essential": True},
        sub={"essential": True},
    ).validate(decoded.claims)
    half = hashlib.sha256(token["access_token"].encode()).digest()[:16]
    assert decoded.claims["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    assert decoded.header["kid"] in {key["kid"] for key in keys["keys"]}


def test_id_token_with_authlib(server, session, documents):
    """OpenID Connect Core section 3.1.3.7: the ID token satisfies Authlib's own check."""
    discovery, keys = documents
    token = redeem(server, session, discovery, nonce="another")
    decoded = joserfc_jwt.decode(token["id_token"], KeySet.import_key_set(keys), algorithms=["RS256"])
    claims = CodeIDToken(
        decoded.claims, decoded.header, {"iss": {"essential": True, "value": server.issuer}},
        {"nonce": "another", "client_id": server.key("Browser"), "access_token": token["access_token"]},
    )
    claims.validate()
    facts = session.get(discovery["userinfo_endpoint"]).json()
    assert facts["sub"] == claims["sub"]


def test_refresh(server, session, documents):
    """RFC 6749 section 6: the refresh token gets a new access token."""
    discovery, _ = documents
    first = dict(redeem(server, session, discovery))
    second = session.refresh_token(discovery["token_endpoint"], refresh_token=first["refresh_token"])
    assert second["access_token"] != first["access_token"]
    assert session.get(discovery["userinfo_endpoint"]).json()["preferred_username"] == server.username


def test_code_is_used_once(server, session, documents):
    """RFC 6749 section 4.1.2: a code that was used is refused, and what it gave is revoked."""
    discovery, _ = documents
    state, callback, verifier, _ = authorize(server, session, discovery)
    session.state = state
    token = dict(session.fetch_token(
        discovery["token_endpoint"], authorization_response=callback, code_verifier=verifier
    ))
    with pytest.raises(OAuthError) as refusal:
        session.fetch_token(discovery["token_endpoint"], authorization_response=callback, code_verifier=verifier)
    assert refusal.value.error == "invalid_grant"
    with pytest.raises(OAuthError) as refusal:
        session.refresh_token(discovery["token_endpoint"], refresh_token=token["refresh_token"])
    assert refusal.value.error == "invalid_grant"


def test_wrong_verifier(server, session, documents):
    """RFC 7636 section 4.6: a verifier that does not match is refused, with the original's invalid_request."""
    discovery, _ = documents
    state, callback, _, _ = authorize(server, session, discovery)
    session.state = state
    with pytest.raises(OAuthError) as refusal:
        session.fetch_token(
            discovery["token_endpoint"], authorization_response=callback, code_verifier=generate_token(64)
        )
    assert "does not match" in refusal.value.description
    assert refusal.value.error == "invalid_request"


def test_person_denies(server, session, documents):
    """RFC 6749 section 4.1.2.1: a person who denies sends access_denied and the state to the app."""
    discovery, _ = documents
    url, state = session.create_authorization_url(
        discovery["authorization_endpoint"], code_verifier=generate_token(64), prompt="consent"
    )
    answer = parameters(Person(server).authorize(url, decision="deny"))
    assert (answer["error"], answer["state"]) == ("access_denied", state)
    assert answer["error_description"]


def test_revoke_then_introspect(server, session, documents):
    """RFC 7009 section 2.1 and RFC 7662 section 2.2: what was revoked is inactive."""
    discovery, _ = documents
    token = dict(redeem(server, session, discovery))
    access = session.introspect_token(discovery["introspection_endpoint"], token=token["access_token"]).json()
    assert (access["active"], access["client_id"]) == (True, server.key("Browser"))
    assert session.revoke_token(discovery["revocation_endpoint"], token=token["access_token"]).status_code == 200
    after = session.introspect_token(discovery["introspection_endpoint"], token=token["access_token"]).json()
    assert after == {"active": False}


def test_revoked_refresh_token(server, session, documents):
    """RFC 7009 section 2.1: a revoked refresh token refreshes nothing."""
    discovery, _ = documents
    token = dict(redeem(server, session, discovery))
    assert session.revoke_token(discovery["revocation_endpoint"], token=token["refresh_token"]).status_code == 200
    with pytest.raises(OAuthError) as refusal:
        session.refresh_token(discovery["token_endpoint"], refresh_token=token["refresh_token"])
    assert refusal.value.error == "invalid_grant"
    after = session.introspect_token(discovery["introspection_endpoint"], token=token["refresh_token"]).json()
    assert after == {"active": False}


def test_client_secret_post(server, documents):
    """RFC 6749 section 2.3.1: client credentials in the body do as well as Basic."""
    discovery, _ = documents
    for method in ("client_secret_post", "client_secret_basic"):
        client = OAuth2Session(server.key("Machine"), server.secret("Machine"), token_endpoint_auth_method=method)
        token = client.fetch_token(discovery["token_endpoint"], grant_type="client_credentials")
        assert token["access_token"].count(".") == 2
