import ClientApps
import Foundation
import MetadataAPI
import OAuthTypes
import XML

/// Reads operations of the Metadata API from their elements (facts: app-model 11.1; clients 1 and 2).
struct MetadataCallReader {
    private let call: XMLTree
    private let version: Int
    private let isAllOrNone: Bool

    init(_ envelope: SOAPEnvelope, version: Int) {
        (call, isAllOrNone) = (envelope.call, envelope.isAllOrNone)
        let asOf = envelope.call.value("asOfVersion").flatMap { Int($0.prefix { $0 != "." }) }
        self.version = asOf ?? version
    }

    /// The elements that an operation may have more than once.
    private static let lists: [String: Set<String>] = [
        "checkStatus": ["asyncProcessId"], "listMetadata": ["queries"], "createMetadata": ["metadata"],
        "updateMetadata": ["metadata"], "upsertMetadata": ["metadata"], "readMetadata": ["fullNames"],
        "deleteMetadata": ["fullNames"],
    ]

    /// The version that is spoken: that of the path, or the one that the call names itself.
    var spokenVersion: Int { version }

    /// - Throws: ``SOAPFault``, `MetadataFault`.
    func operation() throws -> MetadataOperation {
        try call.requireSingle(except: Self.lists[call.local] ?? [])
        switch call.local {
        case "deploy": return try deploy()
        case "deployRecentValidation": return .deployRecentValidation(id: try id("validationId"))
        case "checkDeployStatus":
            let includesDetails = call.child("includeDetails")?.flag ?? false
            return .checkDeployStatus(id: try id("asyncProcessId", "id"), includeDetails: includesDetails)
        case "cancelDeploy": return .cancelDeploy(id: try id("String", "id", "asyncProcessId"))
        case "retrieve":
            return .retrieve(RetrieveRequest(tree: try retrieveRequest()))
        case "checkRetrieveStatus":
            // Left out, it is asked for: so it was before the element came.
            let includesZip = call.child("includeZip")?.flag ?? true
            return .checkRetrieveStatus(id: try id("asyncProcessId", "id"), includeZip: includesZip)
        case "checkStatus": return .checkStatus(ids: call.children("asyncProcessId").map(\.trimmedText))
        case "listMetadata":
            return .listMetadata(types: call.children("queries").compactMap { $0.value("type") })
        case "describeMetadata": return .describeMetadata
        case "describeValueType":
            // The name comes with its namespace in front of it, in braces, or alone.
            let type = (call.value("type") ?? "").split(separator: "}").last.map(String.init)
            return .describeValueType(type: type ?? "")
        case "createMetadata": return .create(components, allOrNone: isAllOrNone)
        case "updateMetadata": return .update(components, allOrNone: isAllOrNone)
        case "upsertMetadata": return .upsert(components, allOrNone: isAllOrNone)
        case "readMetadata": return .read(type: call.value("type") ?? "", names: names)
        case "deleteMetadata": return .delete(type: call.value("type") ?? "", names: names, allOrNone: isAllOrNone)
        case "renameMetadata":
            return .rename(
                type: call.value("type") ?? "",
                from: call.value("oldFullName") ?? "",
                to: call.value("newFullName") ?? ""
            )
        default:
            throw SOAPFault(.invalidOperation, "The Metadata API of this server has no operation of this name.")
        }
    }

    /// What is to be retrieved: in `retrieveRequest` by the WSDL, in `request` as jsforce has it, or in the call itself.
    private func retrieveRequest() throws(MetadataFault) -> XMLTree {
        if let request = call.child("retrieveRequest") ?? call.child("request") { return request }
        guard call.child("unpackaged") != nil || call.child("packageNames") != nil else {
            throw MetadataFault(
                .requiredFieldMissing,
                "retrieveRequest is missing: name what is to be retrieved in its unpackaged, as a package.xml does."
            )
        }
        return call
    }

    private func deploy() throws -> MetadataOperation {
        guard let zip = call.child("ZipFile") ?? call.child("zipFile") else {
            throw MetadataFault(.requiredFieldMissing, "ZipFile is missing: send the zip file in base64.")
        }
        guard let archive = Data(base64Encoded: Data(zip.content), options: .ignoreUnknownCharacters) else {
            throw MetadataFault(.invalidField, "ZipFile is no base64.")
        }
        // Clients leave stray text between these elements, and send some that are not known; both are passed over.
        let given = call.child("DeployOptions") ?? call.child("deployOptions")
        try given?.requireSingle(except: ["runTests"])
        let options = try DeployOptions(
            { given?.value($0) },
            runTests: given?.children("runTests").map(\.trimmedText) ?? []
        )
        return .deploy(archive: Array(archive), options)
    }

    private func id(_ names: String...) throws(MetadataFault) -> String {
        for name in names {
            if let text = call.value(name), !text.isEmpty { return text }
        }
        throw MetadataFault(.requiredFieldMissing, "The id is missing: give the one that the earlier call answered.")
    }

    private var names: [String] { call.children("fullNames").map(\.trimmedText) }

    private var components: [GivenComponent] {
        call.children("metadata").map { element in
            let type = element.claimedType ?? ""
            let name = element.value("fullName") ?? ""
            let component = Result { () throws(MetadataError) in try Self.component(element, type, name, version) }
            return GivenComponent(type: type, fullName: name, component: component)
        }
    }

    private static func component(
        _ element: XMLTree,
        _ typeName: String,
        _ name: String,
        _ version: Int
    ) throws(MetadataError) -> MetadataComponent {
        guard let type = MetadataType(rawValue: typeName) else {
            throw MetadataError(
                file: name,
                code: .invalidType,
                problem: "The element metadata has no xsi:type that is known.",
                remedy: "Name the type by xsi:type."
            )
        }
        guard !name.isEmpty else {
            throw MetadataError(
                element: "fullName",
                code: .requiredFieldMissing,
                problem: "Required field fullName is missing.",
                remedy: "Give the component a name."
            )
        }
        return try MetadataDocument.read(type, fullName: type.settingsName ?? name, tree: element, version: version)
    }
}

extension XMLTree {
    fileprivate var trimmedText: String { text.trimmed }
}
