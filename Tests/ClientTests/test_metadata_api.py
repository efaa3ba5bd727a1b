"""simple-salesforce's `mdapi` with the description it carries, unchanged, against the Metadata API; and its login by password."""
import io
import time
import zipfile

import pytest
import requests
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceMalformedRequest

from app_folder import NAMESPACE, write_app
from program import PATIENCE

DONE = {"Succeeded", "SucceededPartial", "Failed", "Canceled"}
DEPLOYER = "deployer@signet.example"


@pytest.fixture(scope="module")
def deployer(localhost_server, tmp_path_factory):
    """The consumer of an app whose opaque tokens are those of a user who may deploy everything."""
    localhost_server.call(
        "user", "create", "--username", DEPLOYER, "--profile", "System Administrator", "--api-only", "--data", localhost_server.data
    )
    folder = tmp_path_factory.mktemp("deployer")
    write_app(
        folder, "Deployer", scopes="Api", settings={"isClientCredentialsFlowEnabled": "true"},
        policies={"isClientCredentialsFlowEnabled": "true", "clientCredentialsFlowUser": DEPLOYER},
    )
    localhost_server.apply(folder)
    return localhost_server.key("Deployer"), localhost_server.secret("Deployer")


@pytest.fixture
def salesforce(server, deployer):
    answer = requests.post(
        server.url("/services/oauth2/token"), data={"grant_type": "client_credentials"}, auth=deployer, timeout=PATIENCE
    )
    answer.raise_for_status()
    return Salesforce(instance_url=server.issuer, session_id=answer.json()["access_token"], version="63.0")


@pytest.fixture
def mdapi(salesforce):
    return salesforce.mdapi


def package(files, types, version="63.0"):
    """A zip file with a manifest of some types."""
    names = "".join(f"<types><members>*</members><name>{name}</name></types>" for name in types)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("package.xml", f'<Package xmlns="{NAMESPACE}">{names}<version>{version}</version></Package>')
        for path, text in files.items():
            file.writestr(path, text)
    return archive


def header(label):
    return (
        f'<ExternalClientApplication xmlns="{NAMESPACE}"><contactEmail>dev@acme.example</contactEmail>'
        f"<label>{label}</label></ExternalClientApplication>"
    )


def outcome(mdapi, identifier):
    """Asks until the deployment is done, as every client does."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        state, _, deployment, _ = mdapi.check_deploy_status(identifier)
        if state in DONE:
            return state, deployment
    raise TimeoutError(identifier)


def test_describe_and_list(mdapi):
    """app-model 11.4: types with folders and suffixes, components with their paths."""
    described = mdapi.describe_metadata()
    objects = {item.xmlName: (item.directoryName, item.suffix) for item in described.metadataObjects}
    assert objects["ExternalClientApplication"] == ("externalClientApps", "eca")
    assert objects["ExtlClntAppGlobalOauthSettings"] == ("extlClntAppGlobalOauthSets", "ecaGlblOauth")
    assert "ExtlClntAppCanvasSettings" not in objects
    query = mdapi.ListMetadataQuery(type="ExternalClientApplication")
    assert "Deployer" in {item.fullName for item in mdapi.list_metadata([query])}


def test_query_and_record(salesforce):
    """clients 1: query answers totalSize, done and records, and a record is read by its id."""
    answer = salesforce.query(f"SELECT Id, Username FROM User WHERE Username = '{DEPLOYER}' LIMIT 1")
    assert (answer["totalSize"], answer["done"]) == (1, True)
    record = answer["records"][0]
    assert (record["attributes"]["type"], record["Username"]) == ("User", DEPLOYER)
    assert salesforce.User.get(record["Id"])["Username"] == DEPLOYER
    assert salesforce.query_all("SELECT Name FROM Organization")["totalSize"] == 1
    with pytest.raises(SalesforceMalformedRequest, match="INVALID_TYPE"):
        salesforce.query("SELECT Id FROM Account")


def test_components_from_first_to_last(mdapi):
    """app-model 11.1: create, read, update, upsert, rename and delete, through the types of the description."""
    apps, settings = mdapi.ExternalClientApplication, mdapi.ExtlClntAppOauthSettings
    apps.create([apps(fullName="Billing", label="Billing", contactEmail="dev@acme.example", distributionState="Local")])
    read = apps.read("Billing")
    assert (read.fullName, read.label, read.distributionState) == ("Billing", "Billing", "Local")
    read.label = "Billing & more"
    apps.update([read])
    assert apps.read(["Billing"]).label == "Billing & more"
    settings.upsert([settings(
        fullName="Billing_oauth", externalClientApplication="Billing", commaSeparatedOauthScopes="Api, RefreshToken",
    )])
    assert settings.read("Billing_oauth").commaSeparatedOauthScopes == "Api, RefreshToken"
    with pytest.raises(Exception, match="DUPLICATE_DEVELOPER_NAME"):
        apps.create([apps(fullName="Billing", label="Again")])
    apps.rename("Billing", "Invoicing")
    assert settings.read("Billing_oauth").externalClientApplication == "Invoicing"
    apps.delete(["Invoicing"])
    with pytest.raises(Exception, match="INVALID_CROSS_REFERENCE_KEY"):
        apps.delete(["Invoicing"])


# A component of each type that the description has, with the field that an update changes and its two values.
PARENT = {"externalClientApplication": "Every"}
COMPONENTS = [
    ("ExternalClientApplication", "Every", {"contactEmail": "dev@acme.example", "distributionState": "Local"}, "label", "Every", "Every & all"),
    ("ExtlClntAppOauthSettings", "Every_oauth", PARENT, "commaSeparatedOauthScopes", "Api", "Api, RefreshToken"),
    ("ExtlClntAppGlobalOauthSettings", "Every_glbl", PARENT, "callbackUrl", "https://a.example/cb", "https://b.example/cb"),
    ("ExtlClntAppOauthConfigurablePolicies", "Every_oauth_defaultPolicy", PARENT, "refreshTokenPolicyType", "Infinite", "Zero"),
    ("ExtlClntAppConfigurablePolicies", "Every_defaultPolicy", {**PARENT, "isEnabled": True}, "startPage", "None", "OAuth"),
    ("ExtlClntAppSamlConfigurablePolicies", "Every_saml", {**PARENT, "entityUrl": "https://sp.example"}, "acsUrl",
     "https://sp.example/acs", "https://sp.example/acs2"),
    ("OauthCustomScope", "every_read", {"developerName": "every_read", "masterLabel": "EveryRead", "isProtected": False},
     "description", "Reads all", "Reads every thing"),
    ("OauthTokenExchangeHandler", "EveryHandler", {
        "developerName": "EveryHandler", "masterLabel": "EveryHandler", "description": "x", "isEnabled": True,
        "isAccessTokenSupported": True, "isIdTokenSupported": False, "isJwtSupported": True, "isRefreshTokenSupported": False,
        "isSaml2Supported": False, "isUserCreationAllowed": False,
     }, "tokenHandlerApex", "Handler", "OtherHandler"),
    ("Profile", "Every Profile", {"custom": True}, "description", "one", "two"),
    ("PermissionSet", "Every_Set", {"label": "Every set"}, "description", "one", "two"),
    ("ConnectedApp", "EveryLegacy", {"contactEmail": "dev@acme.example"}, "label", "Legacy", "Legacy & more"),
]
SETTINGS = [
    ("ExternalClientAppSettings", "ExternalClientApp", "enableClientSecretInRestApiAccess"),
    ("ConnectedAppSettings", "ConnectedApp", "enableSkipUserProvisioningWizardWelcomePage"),
    ("OauthOidcSettings", "OauthOidc", "blockOAuthUnPwFlow"),
]


def test_every_type_of_the_description(localhost_server, mdapi):
    """clients 4: every type of the description that this server has is made, read, changed and deleted through it."""
    localhost_server.call("org", "set", "--connected-app-creation", "on", "--data", localhost_server.data)
    for kind, name, fields, field, first, second in COMPONENTS:
        components = getattr(mdapi, kind)
        components.upsert([components(fullName=name, **fields, **{field: first})])
        read = components.read(name)
        assert (read.fullName, getattr(read, field)) == (name, first), kind
        setattr(read, field, second)
        components.update([read])
        assert getattr(components.read(name), field) == second, kind
        assert name in {item.fullName for item in mdapi.list_metadata([mdapi.ListMetadataQuery(type=kind)])}, kind
    for kind, name, field in SETTINGS:
        settings = getattr(mdapi, kind)
        before = bool(getattr(settings.read(name), field))
        for value in (not before, before):
            settings.update([settings(fullName=name, **{field: value})])
            assert getattr(settings.read(name), field) is value, kind
    for kind, name in [
        ("ExtlClntAppSamlConfigurablePolicies", "Every_saml"), ("ExternalClientApplication", "Every"), ("OauthCustomScope", "every_read"),
        ("OauthTokenExchangeHandler", "EveryHandler"), ("Profile", "Every Profile"), ("PermissionSet", "Every_Set"),
        ("ConnectedApp", "EveryLegacy"),
    ]:
        getattr(mdapi, kind).delete([name])
        assert getattr(getattr(mdapi, kind).read(name), "fullName", None) is None, kind
    localhost_server.call("org", "set", "--connected-app-creation", "off", "--data", localhost_server.data)


def test_a_connected_app_cannot_be_created(mdapi):
    """app-model 10: the text of Spring '26."""
    apps = mdapi.ConnectedApp
    app = apps(
        fullName="Legacy", label="Legacy", contactEmail="dev@acme.example",
        oauthConfig=mdapi.ConnectedAppOauthConfig(callbackUrl="https://legacy.example/cb", scopes=["Api"]),
    )
    with pytest.raises(Exception, match="You can't create a connected app. To enable connected app creation, contact"):
        apps.create([app])


def test_deploy_and_retrieve(salesforce, mdapi):
    """clients 1: deploy, its status, retrieve, its zip file, and REST calls with the same headers afterwards."""
    files = {"externalClientApps/Shop.eca": header("Shop")}
    identifier, state = mdapi.deploy(package(files, ["ExternalClientApplication"]), sandbox=False)
    assert (identifier[:3], state) == ("0Af", "Queued")
    state, deployment = outcome(mdapi, identifier)
    assert (state, deployment["deployed_count"], deployment["errors"]) == ("Succeeded", "1", [])
    identifier, _ = mdapi.retrieve(identifier, unpackaged={"ExternalClientApplication": ["Shop"]})
    state, error, _, content = mdapi.retrieve_zip(identifier)
    assert (state, error) == ("Succeeded", None)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert sorted(archive.namelist()) == ["externalClientApps/Shop.eca", "package.xml"]
        assert "<label>Shop</label>" in archive.read("externalClientApps/Shop.eca").decode()
        again = {"externalClientApps/Shop.eca": archive.read("externalClientApps/Shop.eca").decode()}
    identifier, _ = mdapi.deploy(package(again, ["ExternalClientApplication"]), sandbox=False)
    assert outcome(mdapi, identifier)[0] == "Succeeded"
    assert "DailyApiRequests" in salesforce.limits()


def test_a_failed_deployment_says_where_and_why(mdapi):
    """app-model 11.4: each failure has its type, its file, its gravity and its text."""
    text = header("Wrong").replace("</label>", "</label><isProtectd>true</isProtectd>")
    identifier, _ = mdapi.deploy(package({"externalClientApps/Wrong.eca": text}, ["ExternalClientApplication"]), sandbox=False)
    state, deployment = outcome(mdapi, identifier)
    assert (state, deployment["failed_count"]) == ("Failed", "1")
    failure = deployment["errors"][0]
    assert (failure["file"], failure["status"]) == ("externalClientApps/Wrong.eca", "Error")
    assert "Element 'isProtectd' is not valid in type 'ExternalClientApplication'" in failure["message"]


def test_a_jwt_is_refused_below_version_68(server):
    """app-model 11.1: JWT access tokens answer INVALID_SESSION_ID, and the text says what to do."""
    answer = requests.post(
        server.url("/services/oauth2/token"), data={"grant_type": "client_credentials"},
        auth=(server.key("Machine"), server.secret("Machine")), timeout=PATIENCE,
    )
    mdapi = Salesforce(instance_url=server.issuer, session_id=answer.json()["access_token"], version="63.0").mdapi
    with pytest.raises(Exception, match="INVALID_SESSION_ID.*68.0"):
        mdapi.describe_metadata()


def test_deploy_by_rest(server, salesforce):
    """clients 2: a multipart request with booleans as strings answers 201 and is polled."""
    archive = package({"externalClientApps/Rest.eca": header("Rest")}, ["ExternalClientApplication"]).getvalue()
    options = '{"deployOptions": {"checkOnly": "false", "purgeOnDelete": "false", "singlePackage": true, "testLevel": null}}'
    bearer = {"Authorization": f"Bearer {salesforce.session_id}"}
    url = server.url("/services/data/v63.0/metadata/deployRequest")
    answer = requests.post(url, headers=bearer, timeout=PATIENCE, files={
        "json": (None, options, "application/json"), "file": ("metadata.zip", archive, "application/zip"),
    })
    assert answer.status_code == 201, answer.text
    identifier = answer.json()["id"]
    assert outcome(salesforce.mdapi, identifier)[0] == "Succeeded"
    result = requests.get(f"{url}/{identifier}?includeDetails=true", headers=bearer, timeout=PATIENCE).json()["deployResult"]
    assert [item["fullName"] for item in result["details"]["componentSuccesses"]] == ["Rest", "package.xml"]


def test_login_by_password(my_domain):
    """clients 1: the SOAP login gives a session for REST and for metadata."""
    salesforce = Salesforce(
        username=my_domain.username, password=my_domain.password, security_token="", domain="acme.my", version="63.0"
    )
    assert salesforce.sf_instance == "acme.my.salesforce.com"
    assert salesforce.session_id.startswith(my_domain.first["orgId"][:15] + "!")
    assert "DailyApiRequests" in salesforce.limits()
    assert salesforce.mdapi.describe_metadata().partialSaveAllowed is True


def test_login_with_an_organization_id(my_domain):
    """clients 1: LoginScopeHeader names the org."""
    salesforce = Salesforce(
        username=my_domain.username, password=my_domain.password, organizationId=my_domain.first["orgId"], domain="acme.my"
    )
    assert "DailyApiRequests" in salesforce.limits()


def test_login_with_a_wrong_password(my_domain):
    """clients 3: sf:exceptionCode and sf:exceptionMessage are what the client shows."""
    with pytest.raises(SalesforceAuthenticationFailed) as refusal:
        Salesforce(username="nobody@signet.example", password="wrong", security_token="", domain="acme.my")
    assert refusal.value.code == "INVALID_LOGIN"
    assert "Invalid username, password, security token; or user locked out." in str(refusal.value)
