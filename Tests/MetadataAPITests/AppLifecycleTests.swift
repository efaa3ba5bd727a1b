import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing

extension ConnectedAppPlace {
    var lifecycle: AppLifecycle {
        AppLifecycle(org: org, actor: .operator(command: "test")) { Self.now + .seconds(60) }
    }

    /// Does something to an app by its name.
    func act(
        _ name: String = "Billing",
        _ body: @escaping @Sendable (AppLifecycle, AppRecords.Stored, any Connection) throws -> Void
    ) async throws {
        let app = try #require(try await stored(name))
        let lifecycle = lifecycle
        try await database.write { try body(lifecycle, app, $0) }
    }

    func effective(_ name: String = "Billing") async throws -> EffectiveApp {
        let app = try #require(try await stored(name))
        return try await database.read { try AppRecords.state(app, on: $0).app }
    }

    /// What the trail says of what was done by the operator; the deployments before it are the server's.
    var auditedActions: [String] {
        get async throws {
            let org = org.id
            return try await database.read { connection in
                try AuditTrail.entries(org: org, limit: 100, on: connection).compactMap {
                    let event = try JSONScanner.object(Array($0.content.utf8))
                    return event["actor"]?.object?["kind"]?.string == "operator" ? event["action"]?.string : nil
                }
            }
        }
    }
}

@Suite("What is done to an app as a whole")
struct AppLifecycleTests {
    @Test(
        "app-model 4.2: a deleted app leaves nothing, its name is free, and the audit trail says so",
        arguments: TestDatabase.available
    )
    func deletion(driver: TestDatabase) async throws {
        try await ConnectedAppPlace.with(driver) { place in
            for files in [[ConnectedAppPlace.connectedApp()], ConnectedAppPlace.externalClientApp()] {
                try await place.deploy(files)
                try await place.act { lifecycle, app, connection in
                    let deletion = try lifecycle.delete(app, on: connection)
                    #expect(deletion == .deleted)
                }
                #expect(try await place.stored("Billing") == nil)
            }
            #expect(try await place.auditedActions == ["deleted", "deleted"])
        }
    }

    @Test(
        "app-model 10: a migrated app has the values, the id and the consumer of before, and the connected app is read-only",
        arguments: TestDatabase.available
    )
    func migration(driver: TestDatabase) async throws {
        try await ConnectedAppPlace.with(driver) { place in
            let document = ConnectedAppPlace.connectedApp(
                ["isNamedUserJwtEnabled": "true", "isConsumerSecretOptional": "true"],
                top:
                    "<samlConfig><acsUrl>https://a.example</acsUrl><entityUrl>https://a.example</entityUrl><samlSubjectType>Username</samlSubjectType></samlConfig>"
            )
            try await place.deploy([document])
            let before = try await place.effective()
            try await place.act { try $0.migrate($1, on: $2) }
            let after = try await place.effective()
            #expect(before.kind == .connectedApp && after.kind == .externalClientApp)
            #expect(after.id == before.id && after.consumers == before.consumers)
            #expect(after.isPKCERequired == before.isPKCERequired && !after.isPKCERequired)
            #expect(after.refreshTokenPolicy == before.refreshTokenPolicy && after.refreshTokenPolicy == .infinite)
            #expect(after.tokenFormat == before.tokenFormat && after.scopes == before.scopes)
            #expect(after.callbackURLs == before.callbackURLs && after.permittedUsers == before.permittedUsers)
            #expect(after.ipRelaxation == before.ipRelaxation && after.isEnabled && after.isOAuthEnabled)
            #expect(after.isSecretRequiredForWebServerFlow == before.isSecretRequiredForWebServerFlow)
            #expect(try await place.stored("Billing")?.components.plugins[.samlPolicies] != nil)
            let edited = try await place.refusal([ConnectedAppPlace.connectedApp(["isPkceRequired": "true"])])
            #expect(edited.first?.problem.contains("was migrated to an external client app and is read-only") == true)
            #expect(try await place.deploy([document]).map(\.kind) == [.updated])
            try await place.deploy(ConnectedAppPlace.externalClientApp())
            #expect(try await place.effective().callbackURLs == ["https://orders.example/back"])
            #expect(try await place.auditedActions == ["migrated"])
        }
    }

    @Test(
        "app-model 10: when the external client app is deleted the connected app is back with its old settings and key",
        arguments: TestDatabase.available
    )
    func reactivation(driver: TestDatabase) async throws {
        try await ConnectedAppPlace.with(driver) { place in
            let made = try #require(try await place.deploy([ConnectedAppPlace.connectedApp()]).first)
            try await place.act { try $0.migrate($1, on: $2) }
            try await place.deploy(ConnectedAppPlace.externalClientApp())
            try await place.act { lifecycle, app, connection in
                let deletion = try lifecycle.delete(app, on: connection)
                #expect(deletion == .connectedAppReactivated)
            }
            let app = try await place.effective()
            #expect(app.kind == .connectedApp && app.callbackURLs == ["https://billing.example/back"])
            #expect(app.consumers.map(\.key) == [made.consumerKey])
            try await place.deploy([ConnectedAppPlace.connectedApp(["isPkceRequired": "true"])])
        }
    }

    @Test(
        "app-model 10: what an external client app has no counterpart of is refused by name, and nothing changes",
        arguments: TestDatabase.available
    )
    func noCounterpart(driver: TestDatabase) async throws {
        try await ConnectedAppPlace.with(driver) { place in
            let canvas =
                "<canvasConfig><accessMethod>Get</accessMethod><canvasUrl>https://a.example</canvasUrl><locations>OpenCTI</locations><options>PersonalEnabled</options></canvasConfig><mobileStartUrl>https://a.example</mobileStartUrl>"
            try await place.deploy([ConnectedAppPlace.connectedApp(top: canvas)])
            let errors = await #expect(throws: MetadataErrors.self) {
                try await place.act { try $0.migrate($1, on: $2) }
            }
            #expect(
                errors?.errors.map(\.element) == [
                    "mobileStartUrl", "canvasConfig.locations OpenCTI", "canvasConfig.options PersonalEnabled",
                ]
            )
            #expect(try await place.stored("Billing")?.kind == .connectedApp)
        }
    }

    @Test(
        "app-model 1.10 and 10: a migrated app keeps the custom scopes that are assigned to it",
        arguments: TestDatabase.available
    )
    func migratedScopes(driver: TestDatabase) async throws {
        try await ConnectedAppPlace.with(driver) { place in
            try await place.deploy([ConnectedAppPlace.connectedApp()])
            let org = place.org.id
            for (name, app) in [("orders_read", "billing"), ("orders_write", "Billing"), ("orders_delete", "Other")] {
                var scope = OAuthCustomScope()
                (scope.assignedTo, scope.developerName, scope.description) = ([app], name, name)
                (scope.masterLabel, scope.isProtected) = (name, false)
                var randomness = SystemRandomNumberGenerator()
                let id = OrgDocumentID.make(prefix: "0CS", now: ConnectedAppPlace.now, using: &randomness)
                let document = MetadataComponent(fullName: name, content: .customScope(scope))
                try await place.database.write {
                    try OrgDocuments.save(document, id: id, org: org, by: .server, now: ConnectedAppPlace.now, on: $0)
                }
            }
            let before = try await place.effective().customScopeLabels
            #expect(Set(before.keys.map(\.name)) == ["orders_read", "orders_write"])
            try await place.act { try $0.migrate($1, on: $2) }
            let app = try await place.effective()
            #expect(app.kind == .externalClientApp && app.customScopeLabels == before)
        }
    }

    @Test(
        "app-model 10: only a connected app that is local and not blocked can be migrated",
        arguments: TestDatabase.available
    )
    func migrationRefused(driver: TestDatabase) async throws {
        try await ConnectedAppPlace.with(driver) { place in
            try await place.deploy([ConnectedAppPlace.connectedApp()])
            func refusal() async -> String? {
                let refused = await #expect(throws: AppLifecycle.Refusal.self) {
                    try await place.act { try $0.migrate($1, on: $2) }
                }
                return refused?.description
            }
            try await place.act { try $0.setInstalled(false, $1, on: $2) }
            #expect(await refusal()?.contains("only local connected apps can be migrated") == true)
            try await place.act { try $0.setInstalled(true, $1, on: $2) }
            try await place.act { try $0.block($1, on: $2) }
            #expect(await refusal()?.contains("signet app unblock Billing") == true)
            try await place.act { try $0.unblock($1, on: $2) }
            try await place.act { try $0.migrate($1, on: $2) }
            #expect(await refusal()?.contains("external client app already") == true)
        }
    }

    @Test(
        "app-model 6.3: external client apps are not blocked or uninstalled; the refusal says what to do instead",
        arguments: TestDatabase.available
    )
    func externalClientApps(driver: TestDatabase) async throws {
        try await ConnectedAppPlace.with(driver) { place in
            try await place.deploy(ConnectedAppPlace.externalClientApp())
            for change in [0, 1, 2] {
                let refusal = await #expect(throws: AppLifecycle.Refusal.self) {
                    try await place.act { lifecycle, app, connection in
                        switch change {
                        case 0: try lifecycle.block(app, on: connection)
                        case 1: try lifecycle.unblock(app, on: connection)
                        default: try lifecycle.setInstalled(false, app, on: connection)
                        }
                    }
                }
                #expect(refusal?.description.contains("is an external client app") == true)
            }
            #expect(try await place.auditedActions.isEmpty)
        }
    }
}
