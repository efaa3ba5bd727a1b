import ClientApps
import Foundation
import MetadataAPI
import OAuthTypes
import Storage

/// Writes what operations of the Metadata API answer; elements stand in the order of the original's description (facts: clients 4).
enum MetadataAnswers {
    /// - Parameter operation: the name of the operation, as it was called.
    static func write(_ outcome: MetadataOutcome, of operation: String, into writer: inout SOAPWriter) {
        switch outcome {
        case .deployment(let result): write(result, of: operation, into: &writer)
        case .retrievalBegun(let id): writeQueued(id, into: &writer)
        case .retrieval(let result): write(result, into: &writer)
        case .states(let states):
            for state in states {
                writer.open("result")
                writer.element("done", state.isDone)
                writer.element("id", state.id)
                writer.element("state", state.isDone ? "Completed" : "InProgress")
                writer.close("result")
            }
        case .files(let files): for file in files { write(file, as: "result", into: &writer) }
        case .description(let description): write(description, into: &writer)
        case .valueType(let shape, let version): ValueTypeAnswers.write(shape, version: version, into: &writer)
        case .components(let components, let version):
            writer.open("result")
            for component in components { write(component, version, into: &writer) }
            writer.close("result")
        case .saved(let outcomes):
            for outcome in outcomes { write(outcome, of: operation, into: &writer) }
        }
    }

    // MARK: Deployments

    private static func write(_ result: DeployResult, of operation: String, into writer: inout SOAPWriter) {
        let id = result.record.id.rawValue
        switch operation {
        case "deploy": writeQueued(id, into: &writer)
        case "deployRecentValidation": writer.element("result", id)
        case "cancelDeploy":
            writer.open("result")
            writer.element("done", result.record.status.isDone)
            writer.element("id", id)
            writer.close("result")
        default: write(result, into: &writer)
        }
    }

    private static func writeQueued(_ id: String, into writer: inout SOAPWriter) {
        writer.open("result")
        writer.element("done", false)
        writer.element("id", id)
        writer.element("state", "Queued")
        writer.close("result")
    }

    private static func write(_ result: DeployResult, into writer: inout SOAPWriter) {
        let (record, options) = (result.record, result.options)
        writer.open("result")
        writer.element("canceledBy", ifPresent: record.stage.canceler?.user.rawValue)
        writer.element("canceledByName", ifPresent: record.stage.canceler?.name)
        writer.element("checkOnly", options.checkOnly)
        writer.element("completedDate", ifPresent: record.stage.completedAt)
        writer.element("createdBy", record.author.user.rawValue)
        writer.element("createdByName", record.author.name)
        writer.element("createdDate", record.createdAt)
        writer.open("details")
        if result.hasDetails { writeDetails(result, into: &writer) }
        writer.close("details")
        writer.element("done", record.status.isDone)
        let status = record.stage.failure.map { SOAPStatus($0.code, $0.message) }
        writer.element("errorMessage", ifPresent: status?.message)
        writer.element("errorStatusCode", ifPresent: status?.code)
        writer.element("id", record.id.rawValue)
        writer.element("ignoreWarnings", options.ignoreWarnings)
        writer.element("lastModifiedDate", record.updatedAt)
        writer.element("numberComponentErrors", record.counts.errors)
        writer.element("numberComponentsDeployed", record.counts.deployed)
        writer.element("numberComponentsTotal", record.counts.total)
        writer.element("numberTestErrors", 0)
        writer.element("numberTestsCompleted", 0)
        writer.element("numberTestsTotal", 0)
        if record.version >= 64 {
            writer.element("numFiles", record.counts.files)
            writer.element("zipSize", record.archiveBytes)
        }
        writer.element("rollbackOnError", options.rollbackOnError)
        writer.element("runTestsEnabled", false)
        writer.element("startDate", ifPresent: record.stage.startedAt)
        writer.element("stateDetail", ifPresent: result.stateDetail)
        writer.element("status", record.status.rawValue)
        writer.element("success", result.isSuccess)
        writer.close("result")
    }

    private static func writeDetails(_ result: DeployResult, into writer: inout SOAPWriter) {
        let at = result.record.stage.completedAt ?? result.record.updatedAt
        for message in result.failures { write(message, as: "componentFailures", at, into: &writer) }
        for message in result.successes { write(message, as: "componentSuccesses", at, into: &writer) }
        writer.open("runTestResult")
        writer.element("numFailures", 0)
        writer.element("numTestsRun", 0)
        writer.element("totalTime", "0.0")
        writer.close("runTestResult")
    }

    private static func write(
        _ message: DeploymentMessage,
        as name: String,
        _ at: Timestamp,
        into writer: inout SOAPWriter
    ) {
        writer.open(name)
        writer.element("changed", message.changed)
        if message.line != nil { writer.element("columnNumber", 1) }
        writer.element("componentType", message.componentType)
        writer.element("created", message.created)
        writer.element("createdDate", at)
        writer.element("deleted", message.deleted)
        writer.element("fileName", message.fileName)
        writer.element("fullName", message.fullName)
        writer.element("id", ifPresent: message.id)
        if let line = message.line { writer.element("lineNumber", line) }
        writer.element("problem", ifPresent: message.problem)
        writer.element("problemType", ifPresent: message.problemType?.rawValue)
        writer.element("success", message.success)
        writer.close(name)
    }

    // MARK: Retrievals, lists and descriptions

    private static func write(_ result: RetrieveResult, into writer: inout SOAPWriter) {
        writer.open("result")
        writer.element("done", true)
        let status = result.failure.map { SOAPStatus($0.code, $0.description) }
        writer.element("errorMessage", ifPresent: status?.message)
        writer.element("errorStatusCode", ifPresent: status?.code)
        for file in result.files { write(file, as: "fileProperties", into: &writer) }
        writer.element("id", result.id)
        for message in result.messages {
            writer.open("messages")
            writer.element("fileName", message.fileName)
            writer.element("problem", message.problem)
            writer.close("messages")
        }
        writer.element("status", result.failure == nil ? "Succeeded" : "Failed")
        writer.element("success", result.failure == nil)
        if let archive = result.archive {
            writer.element("zipFile", verbatim: Data(archive).base64EncodedData())
        } else {
            writer.none("zipFile")
        }
        writer.close("result")
    }

    private static func write(_ file: FileProperties, as name: String, into writer: inout SOAPWriter) {
        writer.open(name)
        write(file.createdBy, as: "createdBy", into: &writer)
        writer.element("createdDate", file.createdAt)
        writer.element("fileName", file.fileName)
        writer.element("fullName", file.fullName)
        writer.element("id", file.id)
        write(file.updatedBy, as: "lastModifiedBy", into: &writer)
        writer.element("lastModifiedDate", file.updatedAt)
        writer.element("manageableState", file.isInstalled ? "installed" : "unmanaged")
        writer.element("type", file.type)
        writer.close(name)
    }

    private static func write(_ author: ComponentAuthor?, as name: String, into writer: inout SOAPWriter) {
        writer.element(name + "Id", author?.id.rawValue ?? Self.nobody)
        writer.element(name + "Name", author?.name ?? "Signet")
    }

    /// An id that is no user's, where the description requires one.
    private static let nobody = "005000000000000AAA"

    private static func write(_ description: MetadataDescription, into writer: inout SOAPWriter) {
        writer.open("result")
        for object in description.objects {
            writer.open("metadataObjects")
            writer.element("directoryName", object.directoryName)
            writer.element("inFolder", false)
            writer.element("metaFile", false)
            writer.element("suffix", object.suffix)
            writer.element("xmlName", object.xmlName)
            writer.close("metadataObjects")
        }
        writer.element("organizationNamespace", "")
        writer.element("partialSaveAllowed", true)
        writer.element("testRequired", false)
        writer.close("result")
    }

    // MARK: Components

    private static func write(_ component: MetadataComponent?, _ version: Int, into writer: inout SOAPWriter) {
        guard let component else { return writer.none("records") }
        writer.open("records xsi:type=\"\(component.type.rawValue)\"")
        writer.element("fullName", component.fullName)
        writer.markup(MetadataDocument.elements(component, version: version))
        writer.close("records")
    }

    private static func write(_ outcome: SaveOutcome, of operation: String, into writer: inout SOAPWriter) {
        writer.open("result")
        if operation == "upsertMetadata" { writer.element("created", outcome.created && outcome.problem == nil) }
        if let problem = outcome.problem {
            writer.open("errors")
            for field in problem.fields { writer.element("fields", field) }
            let status = SOAPStatus(problem.code, problem.message)
            writer.element("message", status.message)
            writer.element("statusCode", status.code)
            writer.close("errors")
        }
        writer.element("fullName", outcome.fullName)
        writer.element("success", outcome.problem == nil)
        writer.close("result")
    }
}
