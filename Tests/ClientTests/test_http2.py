"""What proxies and clients may say of the host in HTTP/2 (RFC 9113 section 8.3.1), by python-h2, frame by frame."""
import socket
import ssl

import h2.config
import h2.connection
import h2.events
import pytest

PATH = "/.well-known/openid-configuration"


def status(server, *headers):
    """The status of a GET with these headers besides method, scheme and path; None when the stream was reset."""
    context = ssl.create_default_context(cafile=server.ca)
    context.set_alpn_protocols(["h2"])
    with socket.create_connection(("localhost", server.port), timeout=60) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as stream:
            connection = h2.connection.H2Connection(
                h2.config.H2Configuration(validate_outbound_headers=False, normalize_outbound_headers=False)
            )
            connection.initiate_connection()
            connection.send_headers(
                1, [(":method", "GET"), (":scheme", "https"), (":path", PATH), *headers], end_stream=True
            )
            stream.sendall(connection.data_to_send())
            while data := stream.recv(65_536):
                for event in connection.receive_data(data):
                    if isinstance(event, h2.events.ResponseReceived):
                        return int(dict(event.headers)[b":status"])
                    if isinstance(event, h2.events.StreamReset):
                        return None
    raise AssertionError("the connection ended without an answer")


def here(server):
    return f"localhost:{server.port}"


def test_authority_alone(server):
    """RFC 9113 section 8.3.1: :authority names the host."""
    assert status(server, (":authority", here(server))) == 200


def test_host_alone(server):
    """RFC 9113 section 8.3.1: a Host without :authority, as a proxy makes it of HTTP/1.1, names the host."""
    assert status(server, ("host", here(server))) == 200


def test_same_host_beside_authority(server):
    """RFC 9113 section 8.3.1: a Host of the same entity as :authority says nothing more, whatever its case."""
    assert status(server, (":authority", here(server)), ("host", here(server).upper())) == 200


@pytest.mark.parametrize("authority, host", [("{}", "evil.example"), ("evil.example", "{}")])
def test_other_host_beside_authority(server, authority, host):
    """RFC 9113 section 8.3.1: a Host of another entity than :authority makes the request malformed."""
    assert status(server, (":authority", authority.format(here(server))), ("host", host.format(here(server)))) == 400


def test_two_hosts(server):
    """RFC 9112 section 3.2: a host that is said twice is refused."""
    assert status(server, ("host", here(server)), ("host", here(server))) == 400


@pytest.mark.parametrize("host", ["evil.example", ""])
def test_foreign_host(server, host):
    """security 1.12: a Host alone that is not the issuer's reaches no org."""
    assert status(server, ("host", host)) == 421


def test_no_host(server):
    """security 1.12: a request that names no host reaches no org."""
    assert status(server) == 421


def test_two_authorities(server):
    """RFC 9113 section 8.3: a pseudo-header field that comes twice is a stream error."""
    assert status(server, (":authority", here(server)), (":authority", here(server))) is None
