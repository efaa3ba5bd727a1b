"""Writes the metadata of external client apps, as a developer would keep it in a repository."""
import pathlib
from xml.sax.saxutils import escape

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"


def write_document(path, kind, fields):
    lines = [f"    <{name}>{escape(str(value))}</{name}>" for name, value in fields.items() if value is not None]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind} xmlns="{NAMESPACE}">\n' + "\n".join(lines) + f"\n</{kind}>\n"
    )


def write_app(folder, name, *, label=None, description=None, scopes, callback=None, settings=None, policies=None):
    """One app: header, global settings (settings), OAuth settings (scopes) and OAuth policies (policies)."""
    folder = pathlib.Path(folder)
    write_document(folder / "externalClientApps" / f"{name}.eca", "ExternalClientApplication", {
        "contactEmail": "dev@acme.example", "description": description, "distributionState": "Local", "isProtected": "false",
        "label": label or name,
    })
    write_document(folder / "extlClntAppGlobalOauthSets" / f"{name}_glbloauth.ecaGlblOauth", "ExtlClntAppGlobalOauthSettings", {
        "callbackUrl": callback or "https://app.acme.example/callback", "externalClientApplication": name,
        "label": f"{name} global", **(settings or {}),
    })
    write_document(folder / "extlClntAppOauthSettings" / f"{name}_oauth.ecaOauth", "ExtlClntAppOauthSettings", {
        "commaSeparatedOauthScopes": scopes, "externalClientApplication": name, "label": f"{name} settings",
    })
    write_document(
        folder / "extlClntAppOauthPolicies" / f"{name}_oauthPlcy.ecaOauthPlcy", "ExtlClntAppOauthConfigurablePolicies", {
            "externalClientApplication": name, "ipRelaxationPolicyType": "Enforce", "label": f"{name} policies",
            "permittedUsersPolicyType": "AllSelfAuthorized", "refreshTokenPolicyType": "Infinite",
            "requiredSessionLevel": "STANDARD", **(policies or {}),
        }
    )
