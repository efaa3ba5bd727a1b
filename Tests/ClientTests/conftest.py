"""The server, its apps and the keys of its clients."""
import datetime
import os
import socket

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from app_folder import write_app
from signet_server import SignetServer

MY_DOMAIN = "acme.my.salesforce.com"
LOGIN_HOST = "login.salesforce.com"
CALLBACK = "http://127.0.0.1:1717/callback"
CUMULUSCI_CALLBACK = "http://localhost:8080/callback"


class ClientKey:
    """A private key and its self-signed certificate, as `openssl req -x509` makes them."""

    def __init__(self):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "acme integration")])
        now = datetime.datetime.now(datetime.timezone.utc)
        certificate = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30)).sign(key, hashes.SHA256())
        )
        self.certificate = certificate.public_bytes(serialization.Encoding.PEM).decode()
        self.private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()


@pytest.fixture(scope="session")
def client_key():
    return ClientKey()


@pytest.fixture(scope="session")
def apps(tmp_path_factory, client_key):
    """The folder of the apps that the clients are."""
    folder = tmp_path_factory.mktemp("apps")
    jwt = {"isNamedUserJwtEnabled": "true"}
    machine = {"isClientCredentialsFlowEnabled": "true", "clientCredentialsFlowUser": "integration@signet.example"}
    write_app(
        folder, "Browser", label="Acme Browser", scopes="Api, RefreshToken, OpenID, Basic", callback=CALLBACK,
        settings={**jwt, "isPkceRequired": "true"},
    )
    write_app(
        folder, "Machine", scopes="Api", settings={**jwt, "isClientCredentialsFlowEnabled": "true"}, policies=machine
    )
    write_app(
        folder, "Opaque", scopes="Api", settings={"isClientCredentialsFlowEnabled": "true"}, policies=machine
    )
    write_app(
        folder, "Assertion", scopes="Api, RefreshToken", settings={**jwt, "certificate": client_key.certificate},
        policies={"permittedUsersPolicyType": "AdminApprovedPreAuthorized", "commaSeparatedProfile": "System Administrator"},
    )
    write_app(
        folder, "SelfAuthorized", scopes="Api, RefreshToken", settings={**jwt, "certificate": client_key.certificate}
    )
    write_app(
        folder, "CumulusCI", scopes="Web, Full, RefreshToken, Basic", callback=CUMULUSCI_CALLBACK,
        settings={"isPkceRequired": "false", "certificate": client_key.certificate},
    )
    return folder



@pytest.fixture(scope="session")
def localhost_server(apps):
    with SignetServer(apps=apps) as server:
        yield server


@pytest.fixture
def server(localhost_server, monkeypatch):
    """The server at https://localhost:PORT, whose certificate authority the clients trust."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", localhost_server.ca)
    monkeypatch.setenv("SSL_CERT_FILE", localhost_server.ca)
    return localhost_server


@pytest.fixture(scope="session")
def my_domain_server(apps):
    with SignetServer(host=MY_DOMAIN, shows_port=False, apps=apps, login_host=LOGIN_HOST) as server:
        yield server


@pytest.fixture
def my_domain(my_domain_server, monkeypatch):
    """The server as https://acme.my.salesforce.com, and as https://login.salesforce.com for all orgs: the names lead to this machine,
    as lines in /etc/hosts and a port forwarding would do it. Clients that can be told nothing but a My Domain, or nothing at all, are
    tested unchanged by it."""
    resolve = socket.getaddrinfo

    def lead(host, port, *arguments, **options):
        if host in (MY_DOMAIN, LOGIN_HOST):
            return resolve("127.0.0.1", my_domain_server.port, *arguments, **options)
        return resolve(host, port, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", lead)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", my_domain_server.ca)
    return my_domain_server


def pytest_unconfigure(config):
    """The plain last line that ./test reads."""
    reporter = config.pluginmanager.getplugin("terminalreporter")
    if reporter is None:
        return
    count = {outcome: len(reporter.stats.get(outcome, [])) for outcome in ("passed", "failed", "error", "skipped")}
    reporter.write_line(f"{count['passed']} passed, {count['failed'] + count['error'] + count['skipped']} failed")
