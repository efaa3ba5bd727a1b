import AuthorizationServer
import ClientApps
import HTTPTypes
import Hummingbird
import OAuthTypes
import Storage

/// The records that clients of the original read first, by id and by query (facts: clients 1, 2 and 5.12).
struct ObjectRoutes: Sendable {
    let rest: RESTRoutes

    /// `GET …/sobjects`: the types of record that can be read.
    func types(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await rest.guarded(request, context) { _, version in
            Responses.json(
                JSONWriter.object { json in
                    json.member("encoding", "UTF-8")
                    json.member("maxBatchSize", 200)
                    json.array("sobjects") { array in
                        for type in ObjectType.allCases {
                            array.object { object in
                                object.member("name", type.rawValue)
                                object.member("label", type.rawValue)
                                object.member("keyPrefix", ifPresent: type.keyPrefix)
                                object.member("queryable", true)
                                object.object("urls") { urls in
                                    urls.member(
                                        "rowTemplate",
                                        "/services/data/v\(version)/sobjects/\(type.rawValue)/{ID}"
                                    )
                                }
                            }
                        }
                    }
                }
            )
        }
    }

    /// `GET …/sobjects/{type}/{id}`, with `fields` for some of the fields.
    func record(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await rest.guarded(request, context) { live, version in
            guard let type = ObjectType(named: context.parameters.get("type") ?? "") else { throw RESTRefusal.notFound }
            let fields: [ObjectField] =
                if let names = try RESTQuery.value("fields", of: request) {
                    try names.split(separator: ",").map { try type.field($0.trimmed) }
                } else {
                    type.fields
                }
            guard let record = try await store(live).record(type, id: context.parameters.get("id") ?? "") else {
                throw RESTRefusal.notFound
            }
            return Responses.json(JSONWriter.object { record.write(fields, version: version, into: &$0) })
        }
    }

    /// `GET …/query?q=…`.
    func query(_ request: Request, _ context: SignetRequestContext) async throws -> Response {
        try await rest.guarded(request, context) { live, version in
            guard let text = try RESTQuery.value("q", of: request) else {
                throw RESTRefusal(.malformedQuery, "There is no query; send it as the parameter q.")
            }
            let query = try ObjectQuery(text)
            let answer = try await store(live).answer(query)
            return Responses.json(
                JSONWriter.object { json in
                    json.member("totalSize", answer.size)
                    json.member("done", true)
                    json.array("records") { array in
                        for record in answer.records {
                            array.object { record.write(query.fields, version: version, into: &$0) }
                        }
                    }
                }
            )
        }
    }

    private func store(_ live: RESTRoutes.Live) -> ObjectStore {
        ObjectStore(database: rest.server.database, org: live.org.org, caller: live.account)
    }
}
