import ClientApps
import MetadataAPI
import OAuthTypes
import Storage

/// A deployment as the REST resource tells of it (facts: app-model 11.4; clients 2).
enum DeployResultJSON {
    /// Writes the members `deployOptions` and `deployResult`.
    static func write(_ result: DeployResult, into json: inout JSONWriter) {
        json.object("deployOptions") { result.options.write(into: &$0) }
        json.object("deployResult") { json in
            let record = result.record
            json.member("id", record.id.rawValue)
            json.member("status", record.status.rawValue)
            json.member("success", result.isSuccess)
            json.member("done", record.status.isDone)
            json.member("checkOnly", result.options.checkOnly)
            json.member("ignoreWarnings", result.options.ignoreWarnings)
            json.member("rollbackOnError", result.options.rollbackOnError)
            json.member("runTestsEnabled", false)
            json.member("stateDetail", ifPresent: result.stateDetail)
            json.member("createdBy", record.author.user.rawValue)
            json.member("createdByName", record.author.name)
            json.member("createdDate", record.createdAt.restText)
            json.member("startDate", ifPresent: record.stage.startedAt?.restText)
            json.member("lastModifiedDate", record.updatedAt.restText)
            json.member("completedDate", ifPresent: record.stage.completedAt?.restText)
            json.member("canceledBy", ifPresent: record.stage.canceler?.user.rawValue)
            json.member("canceledByName", ifPresent: record.stage.canceler?.name)
            json.member("numberComponentErrors", record.counts.errors)
            json.member("numberComponentsDeployed", record.counts.deployed)
            json.member("numberComponentsTotal", record.counts.total)
            json.member("numberTestErrors", 0)
            json.member("numberTestsCompleted", 0)
            json.member("numberTestsTotal", 0)
            if record.version >= 64 {
                json.member("numFiles", record.counts.files)
                json.member("zipSize", record.archiveBytes)
            }
            json.member("errorStatusCode", ifPresent: record.stage.failure?.code.rawValue)
            json.member("errorMessage", ifPresent: record.stage.failure?.message)
            if result.hasDetails { json.object("details") { details(result, into: &$0) } }
        }
    }

    private static func details(_ result: DeployResult, into json: inout JSONWriter) {
        let at = result.record.stage.completedAt ?? result.record.updatedAt
        json.array("componentFailures") { array in
            for message in result.failures { array.object { write(message, at, into: &$0) } }
        }
        json.array("componentSuccesses") { array in
            for message in result.successes { array.object { write(message, at, into: &$0) } }
        }
        json.object("runTestResult") { tests in
            tests.member("numFailures", 0)
            tests.member("numTestsRun", 0)
            tests.member("totalTime", 0)
            tests.array("failures") { _ in }
            tests.array("successes") { _ in }
        }
    }

    /// Every member is there, as clients look at some of them without asking.
    private static func write(_ message: DeploymentMessage, _ at: Timestamp, into json: inout JSONWriter) {
        func member(_ name: StaticString, _ value: String?) {
            if let value { json.member(name, value) } else { json.null(name) }
        }
        json.member("changed", message.changed)
        // The reader keeps lines alone; what is wrong begins somewhere in it.
        if message.line == nil { json.null("columnNumber") } else { json.member("columnNumber", 1) }
        json.member("componentType", message.componentType)
        json.member("created", message.created)
        json.member("createdDate", at.restText)
        json.member("deleted", message.deleted)
        json.member("fileName", message.fileName)
        json.member("fullName", message.fullName)
        member("id", message.id)
        if let line = message.line { json.member("lineNumber", line) } else { json.null("lineNumber") }
        member("problem", message.problem)
        member("problemType", message.problemType?.rawValue)
        json.member("success", message.success)
    }
}
