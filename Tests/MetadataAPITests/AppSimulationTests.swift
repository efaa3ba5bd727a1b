import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestInputs
import TestSupport
import Testing

extension ConnectedAppPlace {
    /// Users of a new profile, by their usernames; the first is API Only.
    @discardableResult
    func addUsers(_ names: [String], profile name: String = "Clerk") async throws -> [User] {
        let (org, now) = (org.id, Self.now)
        return try await database.write { connection in
            var randomness = SystemRandomNumberGenerator()
            let profile = Profile(
                id: ProfileID.make(prefix: Profile.idPrefix, now: now, using: &randomness),
                org: org,
                name: name,
                permissions: [.apiEnabled]
            )
            try Profiles.insert(profile, by: .server, now: now, on: connection)
            return try names.enumerated().map { index, username in
                let user = User(
                    id: UserID.make(prefix: User.idPrefix, now: now, using: &randomness),
                    org: org,
                    username: username,
                    email: username,
                    lastName: username,
                    nickname: username,
                    profile: profile.id,
                    isAPIOnly: index == 0,
                    createdAt: now,
                    updatedAt: now
                )
                try Users.insert(user, passwordHash: nil, by: .server, on: connection)
                return user
            }
        }
    }

    /// A grant with a refresh token that a user gave an app some time ago.
    func grant(_ user: User, _ name: String, ago: TimeSpan = .days(10), scopes: [Scope] = [.api, .refreshToken])
        async throws -> AuthorizationID
    {
        let app = try #require(try await stored(name))
        let (org, at) = (org.id, Self.now - ago)
        return try await database.write { connection in
            var randomness = SystemRandomNumberGenerator()
            let record = AuthorizationRecord(
                id: AuthorizationID.make(prefix: AuthorizationRecord.idPrefix, now: at, using: &randomness),
                org: org,
                app: app.id,
                user: user.id,
                scopes: ScopeSet(scopes),
                createdAt: at,
                authenticatedAt: at
            )
            try Authorizations.insert(record, on: connection)
            try RefreshTokens.insert(
                digest: Array(record.id.rawValue.utf8),
                authorization: record.id,
                generation: 1,
                now: at,
                on: connection
            )
            let consent = ConsentID.make(prefix: Consent.idPrefix, now: at, using: &randomness)
            try Consents.add(record.scopes, id: consent, app: app.id, user: user.id, now: at, on: connection)
            return record.id
        }
    }

    func forecast(_ files: [SourceFile]) async throws -> AppForecast {
        let forecasts = try await AppSimulation(masterKey: masterKey)
            .forecasts(of: files, org: org, now: Self.now, in: database)
        #expect(forecasts.count == 1)
        return try #require(forecasts.first)
    }
}

@Suite("Simulation of a deployment")
struct AppSimulationTests {
    private static func global(_ fields: [String: String] = [:]) -> SourceFile {
        let given = [
            "callbackUrl": "https://orders.example/back\nhttps://orders.example/other",
            "certificate": SampleCertificate.pem, "externalClientApplication": "Orders",
            "isClientCredentialsFlowEnabled": "true", "isPkceRequired": "false",
            "isConsumerSecretOptional": "true", "isSecretRequiredForRefreshToken": "false",
            "isIntrospectAllTokens": "true",
        ]
        return ConnectedAppPlace.file(
            "extlClntAppGlobalOauthSets/Orders_g.ecaGlblOauth",
            "ExtlClntAppGlobalOauthSettings",
            given.merging(fields) { _, new in new }.filter { !$0.value.isEmpty }
        )
    }

    private static func settings(_ scopes: String = "Api, Web, RefreshToken") -> SourceFile {
        ConnectedAppPlace.file(
            "extlClntAppOauthSettings/Orders_o.ecaOauth",
            "ExtlClntAppOauthSettings",
            ["commaSeparatedOauthScopes": scopes, "externalClientApplication": "Orders"]
        )
    }

    private static func policies(_ fields: [String: String] = [:]) -> SourceFile {
        let given = [
            "clientCredentialsFlowUser": "robot@acme.example", "externalClientApplication": "Orders",
            "isClientCredentialsFlowEnabled": "true",
        ]
        return ConnectedAppPlace.file(
            "extlClntAppOauthPolicies/Orders_p.ecaOauthPlcy",
            "ExtlClntAppOauthConfigurablePolicies",
            given.merging(fields) { _, new in new }.filter { !$0.value.isEmpty }
        )
    }

    private static func switches(_ fields: [String: String]) -> SourceFile {
        ConnectedAppPlace.file(
            "extlClntAppPolicies/Orders_s.ecaPlcy",
            "ExtlClntAppConfigurablePolicies",
            ["externalClientApplication": "Orders", "isEnabled": "true"].merging(fields) { _, new in new }
        )
    }

    private static let header = ConnectedAppPlace.file(
        "externalClientApps/Orders.eca",
        "ExternalClientApplication",
        ["contactEmail": "dev@acme.example", "label": "Orders"]
    )

    private static func with(
        _ driver: TestDatabase,
        policies fields: [String: String] = [:],
        _ body: @escaping (ConnectedAppPlace, [User]) async throws -> Void
    ) async throws {
        try await ConnectedAppPlace.with(driver) { place in
            let users = try await place.addUsers(["robot@acme.example", "ann@acme.example", "bob@acme.example"])
            try await place.deploy([header, global(), settings(), policies(fields)])
            try await body(place, users)
        }
    }

    @Test("app-model 12: what changes nothing that is allowed refuses nothing", arguments: TestDatabase.available)
    func nothing(driver: TestDatabase) async throws {
        try await Self.with(driver) { place, users in
            _ = try await place.grant(users[1], "Orders")
            let forecast = try await place.forecast([Self.header, Self.global(), Self.settings(), Self.policies()])
            #expect(forecast.kind == .updated && forecast.differences.isEmpty && forecast.refusals.isEmpty)
            let looser = try await place.forecast([Self.policies(["ipRelaxationPolicyType": "Bypass"])])
            #expect(looser.refusals.isEmpty && looser.differences.map(\.element) == ["ipRelaxationPolicyType"])
        }
    }

    @Test("app-model 12: nothing of a simulation is stored", arguments: TestDatabase.available)
    func nothingIsStored(driver: TestDatabase) async throws {
        try await Self.with(driver) { place, users in
            _ = try await place.grant(users[1], "Orders")
            let before = try #require(try await place.stored("Orders"))
            let version = try await place.database.read { try Versions.current(on: $0) }
            let org = place.org.id
            let audited = try await place.database.read { try AuditTrail.entries(org: org, limit: 100, on: $0).count }
            let rotating = Self.global(["shouldRotateConsumerSecret": "true", "isNamedUserJwtEnabled": "true"])
            let forecast = try await place.forecast([rotating, Self.switches(["isEnabled": "false"])])
            #expect(!forecast.differences.isEmpty && !forecast.refusals.isEmpty)
            let after = try #require(try await place.stored("Orders"))
            #expect(after.components == before.components && after.consumers == before.consumers)
            #expect(try await place.database.read { try Versions.current(on: $0) } == version)
            let entries = try await place.database.read { try AuditTrail.entries(org: org, limit: 100, on: $0).count }
            #expect(entries == audited && audited > 0)
            let new = ConnectedAppPlace.file(
                "externalClientApps/Other.eca",
                "ExternalClientApplication",
                ["contactEmail": "dev@acme.example", "label": "Other"]
            )
            #expect(try await place.forecast([new]).kind == .created)
            #expect(try await place.stored("Other") == nil)
        }
    }

    @Test(
        "app-model 12: a folder that would be refused is refused with the errors of the deployment",
        arguments: TestDatabase.available
    )
    func refusedFolder(driver: TestDatabase) async throws {
        try await Self.with(driver) { place, _ in
            let errors = try await #require(throws: MetadataErrors.self) {
                try await place.forecast([Self.policies(["clientCredentialsFlowUser": "nobody@acme.example"])])
            }
            #expect(errors.errors.map(\.element) == ["clientCredentialsFlowUser"])
        }
    }

    @Test(
        "app-model 12: each flow and condition that would be refused is named with the element that decides",
        arguments: TestDatabase.available,
        [
            (
                Self.global(["isClientCredentialsFlowEnabled": "false"]), ForeseenRefusal.Subject.clientCredentialsFlow,
                "isClientCredentialsFlowEnabled"
            ),
            (
                Self.policies(["isClientCredentialsFlowEnabled": "false"]), .clientCredentialsFlow,
                "isClientCredentialsFlowEnabled"
            ),
            (Self.policies(["clientCredentialsFlowUser": ""]), .clientCredentialsFlow, "clientCredentialsFlowUser"),
            (
                Self.policies(["clientCredentialsFlowUser": "ann@acme.example"]), .clientCredentialsFlow,
                "clientCredentialsFlowUser"
            ),
            (Self.global(["certificate": ""]), .jwtBearerFlow, "certificate"),
            (Self.global(["certificate": ""]), .clientAuthentication, "certificate"),
            (Self.settings("Api, Web"), .jwtBearerFlow, "commaSeparatedOauthScopes"),
            (Self.settings("Api, Web"), .refreshTokenFlow, "commaSeparatedOauthScopes"),
            (Self.settings("Web, RefreshToken"), .scope, "commaSeparatedOauthScopes"),
            (Self.settings("Web, RefreshToken"), .clientCredentialsFlow, "commaSeparatedOauthScopes"),
            (Self.policies(["refreshTokenPolicyType": "Zero"]), .refreshTokenFlow, "refreshTokenPolicyType"),
            (Self.global(["callbackUrl": "https://orders.example/back"]), .webServerFlow, "callbackUrl"),
            (Self.global(["isPkceRequired": "true"]), .webServerFlow, "isPkceRequired"),
            (Self.global(["isConsumerSecretOptional": "false"]), .webServerFlow, "isConsumerSecretOptional"),
            (
                Self.global(["isSecretRequiredForRefreshToken": "true"]), .refreshTokenFlow,
                "isSecretRequiredForRefreshToken"
            ),
            (Self.global(["isIntrospectAllTokens": "false"]), .introspection, "isIntrospectAllTokens"),
            (Self.global(["shouldRotateConsumerKey": "true"]), .clientAuthentication, "shouldRotateConsumerKey"),
            (Self.global(["shouldRotateConsumerSecret": "true"]), .clientAuthentication, "shouldRotateConsumerSecret"),
            (Self.policies(["requiredSessionLevel": "HIGH_ASSURANCE"]), .everything, "requiredSessionLevel"),
            (Self.switches(["isEnabled": "false"]), .everything, "isEnabled"),
            (Self.switches(["isOauthPluginEnabled": "false"]), .everything, "isOauthPluginEnabled"),
        ]
    )
    func flows(driver: TestDatabase, change: (SourceFile, ForeseenRefusal.Subject, String)) async throws {
        try await Self.with(driver) { place, _ in
            let refusals = try await place.forecast([change.0]).refusals
            #expect(refusals.contains { $0.subject == change.1 && $0.element == change.2 && $0.username == nil })
            #expect(refusals.allSatisfy { !$0.reason.isEmpty })
        }
    }

    @Test("app-model 8.2: stricter IP rules refuse nobody where there are no ranges", arguments: TestDatabase.available)
    func addresses(driver: TestDatabase) async throws {
        try await Self.with(driver, policies: ["ipRelaxationPolicyType": "Bypass"]) { place, _ in
            #expect(try await place.forecast([Self.policies()]).refusals.isEmpty)
            let org = place.org
            let range = try #require(IPAddress("192.0.2.0").flatMap { IPRange(start: $0, end: $0) })
            let ranged = Org(
                id: org.id,
                name: org.name,
                edition: org.edition,
                issuer: org.issuer,
                trustedIPRanges: [range],
                createdAt: org.createdAt
            )
            try await place.database.write {
                try OrgRecords.update(ranged, by: .server, now: ConnectedAppPlace.now, on: $0)
            }
            let refusals = try await AppSimulation(masterKey: place.masterKey)
                .forecasts(of: [Self.policies()], org: ranged, now: ConnectedAppPlace.now, in: place.database)
                .flatMap(\.refusals)
            #expect(refusals.map(\.element) == ["ipRelaxationPolicyType"])
        }
    }

    @Test(
        "app-model 8.1: users who would not be approved any more are named with their grants",
        arguments: TestDatabase.available
    )
    func users(driver: TestDatabase) async throws {
        try await Self.with(driver) { place, users in
            try await place.addUsers(["eve@acme.example"], profile: "Guest")
            let grant = try await place.grant(users[1], "Orders")
            let narrow = Self.policies([
                "permittedUsersPolicyType": "AdminApprovedPreAuthorized", "commaSeparatedProfile": "Guest",
            ])
            let refusals = try await place.forecast([narrow]).refusals
            #expect(refusals.map(\.username) == ["ann@acme.example", "ann@acme.example"])
            #expect(refusals.map(\.authorization) == [nil, grant])
            #expect(refusals.map(\.subject) == [.everything, .refreshTokenFlow])
            #expect(refusals.allSatisfy { $0.element == "permittedUsersPolicyType" })
            #expect(refusals.last?.grantedAt == ConnectedAppPlace.now - .days(10))
            let same = Self.policies([
                "permittedUsersPolicyType": "AdminApprovedPreAuthorized", "commaSeparatedProfile": "Clerk",
            ])
            #expect(try await place.forecast([same]).refusals.isEmpty)
            // Whom the admin approved needs no grant of their own to lose something.
            try await place.deploy([same])
            let lost = try await place.forecast([narrow]).refusals
            #expect(
                lost.filter { $0.authorization == nil }.map(\.username) == ["ann@acme.example", "bob@acme.example"]
            )
            // Self-authorization takes the JWT bearer flow from those who have allowed nothing themselves.
            let bearers = try await place.forecast([Self.policies()]).refusals
            #expect(bearers.map(\.username) == ["bob@acme.example", "robot@acme.example"])
            #expect(bearers.allSatisfy { $0.subject == .jwtBearerFlow })
        }
    }

    @Test(
        "app-model 8.3: refresh tokens that a new policy would have ended are named, younger ones are not",
        arguments: TestDatabase.available
    )
    func refreshTokens(driver: TestDatabase) async throws {
        try await Self.with(driver) { place, users in
            let old = try await place.grant(users[1], "Orders", ago: .days(31))
            _ = try await place.grant(users[2], "Orders", ago: .days(29))
            for type in ["SpecificLifetime", "SpecificInactivity"] {
                let policies = Self.policies([
                    "refreshTokenPolicyType": type, "refreshTokenValidityPeriod": "30",
                    "refreshTokenValidityUnit": "Days",
                ])
                let refusals = try await place.forecast([policies]).refusals
                #expect(refusals.map(\.authorization) == [old])
                #expect(refusals.first?.username == "ann@acme.example" && refusals.first?.subject == .refreshTokenFlow)
            }
        }
    }

    @Test(
        "app-model 3: grants that would lose scopes are named, and what is left of them told apart",
        arguments: TestDatabase.available
    )
    func scopes(driver: TestDatabase) async throws {
        try await Self.with(driver) { place, users in
            let part = try await place.grant(users[1], "Orders", scopes: [.api, .web, .refreshToken])
            let whole = try await place.grant(users[2], "Orders", scopes: [.web])
            let refusals = try await place.forecast([Self.settings("Api, RefreshToken")]).refusals
            let named = refusals.filter { $0.authorization != nil }
            #expect(named.map(\.authorization) == [part, whole])
            #expect(named.map(\.subject) == [.scope, .refreshTokenFlow])
            #expect(named.first?.reason.contains("web") == true)
        }
    }

    @Test(
        "app-model 2: what is foreseen of a connected app has the names of its own document",
        arguments: TestDatabase.available
    )
    func connectedApp(driver: TestDatabase) async throws {
        try await ConnectedAppPlace.with(driver) { place in
            try await place.deploy([ConnectedAppPlace.connectedApp(["scopes": "RefreshToken"])])
            let top =
                "<oauthPolicy><ipRelaxation>ENFORCE</ipRelaxation><refreshTokenPolicy>zero</refreshTokenPolicy></oauthPolicy>"
            let refusals = try await place.forecast([
                ConnectedAppPlace.connectedApp(["isPkceRequired": "true", "scopes": "RefreshToken"], top: top)
            ])
            .refusals
            #expect(refusals.map(\.element).sorted() == ["isPkceRequired", "refreshTokenPolicy"])
        }
    }
}
