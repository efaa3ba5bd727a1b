"""Resource servers that check a JWT access token with the published keys alone."""
import jwt
import pytest
import requests
from joserfc import jwt as joserfc_jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

# The Salesforce profile has the header parameters tnk, tty and ver. RFC 7515 section 4 has a reader ignore what it does not
# know; joserfc refuses it unless it is told to follow the RFC.
FOLLOW_RFC_7515 = JWSRegistry(strict_check_header=False)


@pytest.fixture
def token(server):
    answer = requests.post(
        server.url("/services/oauth2/token"), data={"grant_type": "client_credentials"},
        auth=(server.key("Machine"), server.secret("Machine")), timeout=10,
    )
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()["access_token"]


def test_pyjwt(server, token):
    """RFC 7519 section 7.2: PyJWT verifies the token with the key that its kid names."""
    import ssl

    keys = jwt.PyJWKClient(server.url("/id/keys"), ssl_context=ssl.create_default_context(cafile=server.ca))
    claims = jwt.decode(
        token, keys.get_signing_key_from_jwt(token), algorithms=["RS256"], issuer=server.issuer, audience=server.issuer,
        options={"require": ["iss", "sub", "aud", "exp", "iat"]},
    )
    assert claims["client_id"] == server.key("Machine")
    assert claims["sub"].startswith("uid:005")
    assert "api" in claims["scp"].split()


def test_joserfc(server, token):
    """RFC 7515 section 5.2: joserfc verifies the token with the key set."""
    keys = KeySet.import_key_set(requests.get(server.url("/id/keys"), timeout=10).json())
    decoded = joserfc_jwt.decode(token, keys, algorithms=["RS256"], registry=FOLLOW_RFC_7515)
    joserfc_jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": server.issuer}, aud={"essential": True, "value": server.issuer},
        exp={"essential": True},
    ).validate(decoded.claims)
    assert decoded.header["alg"] == "RS256"


def test_altered_claims_do_not_verify(server, token):
    """RFC 7515 section 5.2: a token whose claims were changed is refused."""
    keys = KeySet.import_key_set(requests.get(server.url("/id/keys"), timeout=10).json())
    header, claims, signature = token.split(".")
    middle = len(claims) // 2
    altered = claims[:middle] + ("A" if claims[middle] != "A" else "B") + claims[middle + 1:]
    with pytest.raises((BadSignatureError, ValueError)):
        joserfc_jwt.decode(".".join((header, altered, signature)), keys, algorithms=["RS256"], registry=FOLLOW_RFC_7515)


def test_signet_token_verify(server, token, tmp_path):
    """RFC 7519 section 7.2: signet token verify reads the same keys from a file."""
    keys = tmp_path / "keys.json"
    keys.write_text(requests.get(server.url("/id/keys"), timeout=10).text)
    assert server.call("token", "verify", "--jwks", keys, "--issuer", server.issuer, token).startswith("valid: ")
