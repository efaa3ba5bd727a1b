import AuthorizationServer
import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import XML

/// `create` of the partner and enterprise API, for the one type of record that clients make by it: a blank profile (facts: clients 2).
struct ObjectCreation: Sendable {
    /// The most records of one call, as for components of metadata.
    private static let limit = 10

    let server: AuthorizationServer
    let clock: WallClock

    /// - Throws: ``SOAPFault``, or what the database throws.
    func answer(_ call: XMLTree, by caller: MetadataCaller, into writer: inout SOAPWriter) async throws {
        try call.requireSingle(except: ["sObjects"])
        let objects = call.children("sObjects")
        guard objects.count <= Self.limit else {
            throw SOAPFault(.limitExceeded, "One call may make \(Self.limit) records at most; call again.")
        }
        var outcomes: [Result<String, MetadataError>] = []
        for object in objects { outcomes.append(try await created(object, by: caller)) }
        try await server.directory.refresh(now: clock.now)
        writer.answer("create") { writer in
            for outcome in outcomes { Self.write(outcome, into: &writer) }
        }
    }

    private func created(_ object: XMLTree, by caller: MetadataCaller) async throws -> Result<String, MetadataError> {
        do {
            let (name, description) = try Self.profile(object)
            let creation = ProfileCreation(database: server.database, masterKey: server.masterKey) { clock.now }
            return .success(try await creation.create(named: name, description: description, by: caller))
        } catch let error as MetadataError {
            return .failure(error)
        } catch let fault as MetadataFault {
            return .failure(MetadataError(code: fault.code, problem: fault.description, remedy: ""))
        }
    }

    private static func profile(_ object: XMLTree) throws(MetadataError) -> (name: String, description: String?) {
        let type = object.claimedType ?? object.value("type") ?? ""
        guard type == "Profile" else {
            throw MetadataError(
                code: .invalidType,
                problem: "sObject type '\(type)' is not supported.",
                remedy: "This call makes records of the type Profile."
            )
        }
        for field in object.children
        where !["type", "Id", "Name", "Description", "UserLicenseId"].contains(field.local) {
            throw MetadataError(
                element: field.local,
                code: .invalidField,
                problem: "No such column '\(field.local)' on entity 'Profile'.",
                remedy: "Give Name, Description and UserLicenseId."
            )
        }
        guard let name = object.value("Name"), !name.isEmpty else {
            throw MetadataError(
                element: "Name",
                code: .requiredFieldMissing,
                problem: "Required fields are missing: [Name].",
                remedy: "Give the profile a name."
            )
        }
        let license = object.value("UserLicenseId") ?? ""
        guard ObjectValue.text(UserLicense.id).matches(.text(license), as: .id) else {
            throw MetadataError(
                element: "UserLicenseId",
                code: license.isEmpty ? .requiredFieldMissing : .invalidCrossReferenceKey,
                problem: license.isEmpty
                    ? "Required fields are missing: [UserLicenseId]." : "No user license has the id '\(license)'.",
                remedy: "Give the id of the license \(UserLicense.name), which a query of UserLicense answers."
            )
        }
        return (name, object.value("Description"))
    }

    private static func write(_ outcome: Result<String, MetadataError>, into writer: inout SOAPWriter) {
        writer.open("result")
        switch outcome {
        case .success(let id):
            writer.element("id", id)
            writer.element("success", true)
        case .failure(let error):
            let status = SOAPStatus(error.code, "\(error.problem) \(error.remedy)".trimmed)
            writer.open("errors")
            writer.element("fields", ifPresent: error.element)
            writer.element("message", status.message)
            writer.element("statusCode", status.code)
            writer.close("errors")
            writer.none("id")
            writer.element("success", false)
        }
        writer.close("result")
    }
}
