public import ClientApps
public import OAuthTypes
import Orgs

/// The explanation of an app in JSON, as `signet app explain` prints it and as the resource of the REST API answers it.
public enum ExplanationFacts {
    /// Writes each value with who decided it and who may change it, and what is half done.
    public static func write(_ explanation: AppExplanation, _ json: inout JSONWriter) {
        let app = explanation.app
        json.member("name", app.developerName)
        json.member("label", app.label)
        json.member("id", app.id.rawValue)
        json.member("kind", app.kind.rawValue)
        json.array("values") { values in
            for decision in explanation.decisions { values.object { write(decision, app.kind, &$0) } }
        }
        json.array("warnings") { warnings in
            for notice in explanation.notices {
                warnings.object { warning in
                    warning.member("element", notice.element)
                    warning.member("owner", notice.owner.rawValue)
                    warning.member("text", notice.text)
                }
            }
            for noEffect in app.warnings {
                warnings.object { warning in
                    warning.member("element", noEffect.element)
                    warning.member("text", noEffect.problem)
                }
            }
        }
    }

    private static func write(_ decision: Decision, _ kind: AppKind, _ json: inout JSONWriter) {
        json.member("element", decision.element)
        json.member("value", decision.value)
        json.member("origin", decision.origin.rawValue)
        json.array("mayChange") { owners in
            for owner in decision.owners {
                owners.object { object in
                    object.member("owner", owner.rawValue)
                    object.member("permission", ifPresent: permission(owner, decision.element, kind))
                }
            }
        }
        if !decision.says.isEmpty {
            json.object("says") { says in
                for say in decision.says { says.member(named: say.owner.rawValue, say.value ?? "") }
            }
        }
        json.member("reason", ifPresent: decision.reason)
    }

    private static func permission(_ owner: AppOwner, _ element: String, _ kind: AppKind) -> String? {
        owner.action(on: element, of: kind)?.requirement.description
    }
}
