"""simple-salesforce, unchanged: it builds its URLs from a My Domain and speaks HTTPS only."""
import jwt
import pytest
import requests
from simple_salesforce import Salesforce, SalesforceLogin
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceExpiredSession


def test_jwt_bearer_at_the_my_domain(my_domain, client_key):
    """RFC 7523 section 2.1: an assertion whose exp is a text of digits gets an access token."""
    token, host = SalesforceLogin(
        username=my_domain.username, consumer_key=my_domain.key("Assertion"), privatekey=client_key.private,
        domain="acme.my",
    )
    assert host == "acme.my.salesforce.com"
    assert jwt.decode(token, options={"verify_signature": False})["iss"] == my_domain.issuer


def test_jwt_bearer_at_the_login_host(my_domain, client_key):
    """Salesforce: a client that is told no domain signs in at login.salesforce.com and goes on at the instance_url."""
    salesforce = Salesforce(
        username=my_domain.username, consumer_key=my_domain.key("Assertion"), privatekey=client_key.private
    )
    assert salesforce.sf_instance == "acme.my.salesforce.com"
    assert jwt.decode(salesforce.session_id, options={"verify_signature": False})["iss"] == my_domain.issuer
    assert salesforce.oauth2("userinfo")["organization_id"] == my_domain.first["orgId"]


def test_discovery_at_the_login_host(my_domain):
    """OpenID Connect Discovery section 4.3: the document of the login host names itself, and its keys are there."""
    document = requests.get("https://login.salesforce.com/.well-known/openid-configuration", timeout=10).json()
    assert document["issuer"] == "https://login.salesforce.com"
    keys = requests.get(document["jwks_uri"], timeout=10).json()["keys"]
    assert jwt.PyJWKSet.from_dict({"keys": keys}).keys


def test_jwt_bearer_with_an_instance_url_and_the_audience_of_login(my_domain, client_key):
    """Salesforce: aud https://login.salesforce.com is accepted by every org."""
    salesforce = Salesforce(
        username=my_domain.username, consumer_key=my_domain.key("Assertion"), privatekey=client_key.private,
        instance_url="acme.my",
    )
    assert salesforce.sf_instance == "acme.my.salesforce.com"


def test_jwt_bearer_from_a_key_file(my_domain, client_key, tmp_path):
    """RFC 7523 section 2.1: the private key may come from a file."""
    file = tmp_path / "server.key"
    file.write_text(client_key.private)
    salesforce = Salesforce(
        username=my_domain.username, consumer_key=my_domain.key("Assertion"), privatekey_file=str(file), domain="acme.my",
    )
    assert salesforce.session_id.count(".") == 2


def test_jwt_bearer_without_approval_prints_the_hint(my_domain, client_key):
    """Salesforce: an app that users authorize themselves refuses with the text that the client looks for."""
    with pytest.warns(UserWarning, match="self-authorize"), pytest.raises(SalesforceAuthenticationFailed) as refusal:
        SalesforceLogin(
            username=my_domain.username, consumer_key=my_domain.key("SelfAuthorized"), privatekey=client_key.private,
            domain="acme.my",
        )
    assert refusal.value.code == "invalid_grant"
    assert "user hasn't approved this consumer" in str(refusal.value)


def test_client_credentials(my_domain):
    """RFC 6749 section 4.4: Basic authentication and a grant type are enough."""
    token, host = SalesforceLogin(
        consumer_key=my_domain.key("Machine"), consumer_secret=my_domain.secret("Machine"), domain="acme.my"
    )
    assert (token.count("."), host) == (2, "acme.my.salesforce.com")


def test_client_credentials_with_a_wrong_secret(my_domain):
    """RFC 6749 section 5.2: a wrong secret is invalid_client."""
    with pytest.raises(SalesforceAuthenticationFailed) as refusal:
        SalesforceLogin(consumer_key=my_domain.key("Machine"), consumer_secret="wrong", domain="acme.my")
    assert refusal.value.code == "invalid_client"


def test_oauth2_userinfo(my_domain, client_key):
    """Salesforce: GET {instance}/services/oauth2/userinfo answers JSON to the access token."""
    salesforce = Salesforce(
        username=my_domain.username, consumer_key=my_domain.key("Assertion"), privatekey=client_key.private,
        domain="acme.my",
    )
    facts = salesforce.oauth2("userinfo")
    assert facts["preferred_username"] == my_domain.username
    assert facts["organization_id"] == my_domain.first["orgId"]


def test_a_bad_session_logs_in_again(my_domain):
    """Salesforce: a 401 with INVALID_SESSION_ID makes the client log in anew."""
    salesforce = Salesforce(instance_url=my_domain.issuer, session_id="00D000000000000!AAAA")
    with pytest.raises(SalesforceExpiredSession):
        salesforce.limits()
    salesforce = Salesforce(
        consumer_key=my_domain.key("Machine"), consumer_secret=my_domain.secret("Machine"), domain="acme.my"
    )
    good = salesforce.session_id
    salesforce.headers["Authorization"] = "Bearer worn.out.token"
    assert isinstance(salesforce.limits(), dict)
    assert good.count(".") == 2
