import AuthorizationServer
import HTTPTypes
import Hummingbird
import OAuthTypes
import Storage

/// Everything that the server answers, on one page.
struct Routes: Sendable {
    /// The hosts that a path is served at.
    enum Hosts {
        /// The My Domain host of each org.
        case ofOrgs
        /// Those, and the login host that serves all orgs.
        case every
    }

    let server: AuthorizationServer
    let cookies: Cookies
    let isReady: @Sendable () async -> Bool

    func add(to router: Router<SignetRequestContext>) {
        let oauth = OAuthRoutes(server: server)
        let identity = IdentityRoutes(server: server)
        let pages = PageRoutes(server: server, cookies: cookies)
        let bridge = UIBridgeRoutes(server: server, pages: pages)
        let reading = OrgGate.reading()
        let rest = RESTRoutes(server: server, reading: reading)

        on(router, "/.well-known/openid-configuration", [.get], .everybody, at: .every, oauth.discovery)
        on(router, "/.well-known/oauth-authorization-server", [.get], .everybody, at: .every, oauth.discovery)
        on(router, "/.well-known/auth-configuration", [.get], .everybody, oauth.authConfiguration)
        on(router, "/id/keys", [.get], .everybody, at: .every, oauth.keys)
        on(router, "/services/oauth2/id/keys", [.get], .everybody, at: .every, oauth.keys)

        on(router, "/services/oauth2/authorize", [.get, .post], .nobody, at: .every, pages.authorize)
        on(
            router,
            "/services/oauth2/authorize/sign-in",
            [.post],
            .nobody,
            at: .every,
            remedy: Self.startAgain,
            pages.signIn
        )
        on(
            router,
            "/services/oauth2/authorize/consent",
            [.post],
            .nobody,
            at: .every,
            remedy: Self.startAgain,
            pages.consent
        )
        on(router, "/services/oauth2/authorize/{brand}", [.get, .post], .nobody, at: .every, pages.authorize)
        on(router, "/services/oauth2/token", [.post], .listedAndSwitchedOn, at: .every, oauth.token)
        on(router, "/services/oauth2/introspect", [.post], .listedAndSwitchedOn, at: .every, oauth.introspect)
        on(router, "/services/oauth2/revoke", [.get, .post], .listedAndSwitchedOn, at: .every, oauth.revoke)
        on(router, "/services/oauth2/userinfo", [.get, .post], .listed, at: .every, identity.userInfo)
        on(router, "/id/{org}/{user}", [.get, .post], .listed, at: .every, identity.identity)

        on(router, "/services/oauth2/singleaccess", [.get, .post], .nobody, bridge.singleAccess)
        on(router, UIBridgeRoutes.frontDoor, [.get, .post], .nobody, bridge.frontDoor)
        on(router, "/services/auth/idp/oidc/logout", [.get, .post], .nobody, at: .every, pages.signOut)
        on(router, "/secur/logout.jsp", [.get, .post], .nobody, at: .every, pages.signOut)
        on(router, "/", [.get], .nobody, at: .every, pages.home)
        on(router, Stylesheet.path, [.get], .nobody, at: .every, pages.stylesheet)
        on(router, Icon.path, [.get], .nobody, at: .every, pages.icon)
        on(router, "/favicon.ico", [.get], .nobody, at: .every, pages.icon)

        on(router, "/services/data", [.get], .listed, rest.versions)
        on(router, "/services/data/{version}", [.get], .listed, rest.resources)
        on(router, "/services/data/{version}/limits", [.get], .listed, rest.limits)
        let objects = ObjectRoutes(rest: rest)
        on(router, "/services/data/{version}/query", [.get], .listed, objects.query)
        on(router, "/services/data/{version}/sobjects", [.get], .listed, objects.types)
        on(router, "/services/data/{version}/sobjects/{type}/{id}", [.get], .listed, objects.record)

        let pairs = CredentialRoutes(rest: rest)
        on(router, CredentialRoutes.base, [.get], .nobody, pairs.consumers)
        on(router, CredentialRoutes.base + "/{consumer}", [.get], .nobody, pairs.consumer)
        on(router, CredentialRoutes.base + "/{consumer}/staged", [.get, .post], .nobody, pairs.staged)
        on(router, CredentialRoutes.base + "/{consumer}/staged/{pair}", [.get, .patch, .delete], .nobody, pairs.pair)
        on(router, CredentialRoutes.replacementPath, [.post], .nobody, pairs.replacement)
        let usage = UsageRoutes(rest: rest)
        on(router, UsageRoutes.base, [.get], .nobody, usage.apps)
        on(router, UsageRoutes.base + "/{app}/users", [.get], .nobody, usage.users)
        on(router, UsageRoutes.base + "/{app}/tokens", [.delete], .nobody, usage.appTokens)
        on(router, UsageRoutes.base + "/{app}/{user}/tokens", [.get, .delete], .nobody, usage.userTokens)
        on(router, UsageRoutes.base + "/tokens/{token}", [.delete], .nobody, usage.token)

        let apps = AppRoutes(rest: rest)
        on(router, AppRoutes.base, [.get], .nobody, apps.apps)
        on(router, AppRoutes.base + "/{name}", [.get], .nobody, apps.app)
        on(router, AppRoutes.base + "/{name}/explanation", [.get], .nobody, apps.explanation)

        let users = UserRoutes(rest: rest)
        on(router, UserRoutes.base, [.get, .post], .nobody, users.users)
        on(router, UserRoutes.base + "/{user}", [.patch], .nobody, users.change)

        let largeBodies = OrgGate.largeBodies()
        let deployments = DeployRequestRoutes(rest: rest, gate: largeBodies)
        on(router, DeployRequestRoutes.base, [.post], .nobody, deployments.deploy)
        on(router, DeployRequestRoutes.base + "/{id}", [.get, .patch], .nobody, deployments.deployment)

        let packages = PackageRoutes(rest: rest, gate: largeBodies)
        on(router, PackageRoutes.base, [.get], .nobody, packages.packages)
        on(router, PackageRoutes.base + "/key", [.get], .nobody, packages.key)
        on(router, PackageRoutes.base + "/inspection", [.post], .nobody, packages.inspection)
        on(router, PackageRoutes.base + "/signers", [.post, .delete], .nobody, packages.signers)
        on(router, PackageRoutes.base + "/installations", [.post], .nobody, packages.installations)
        on(router, PackageRoutes.base + "/installations/{name}", [.delete], .nobody, packages.uninstall)
        on(router, PackageRoutes.base + "/versions/{name}", [.post], .nobody, packages.create)

        let soap = MetadataSOAPRoutes(server: server, gate: largeBodies, reading: reading)
        on(router, MetadataSOAPRoutes.path, [.post], .nobody, soap.answer)
        on(router, MetadataSOAPRoutes.path + "/**", [.post], .nobody, soap.answer)

        for dialect in [SOAPDialect.partner, .enterprise] {
            let logins = LoginRoutes(server: server, dialect: dialect, gate: largeBodies)
            on(router, logins.path, [.post], .nobody, at: .every, logins.answer)
            on(router, logins.path + "/**", [.post], .nobody, at: .every, logins.answer)
        }

        router.get("/livez") { _, _ in Responses.bytes(Array("ok\n".utf8), contentType: "text/plain") }
        router.get("/readyz") { _, _ in
            await isReady()
                ? Responses.bytes(Array("ok\n".utf8), contentType: "text/plain")
                : Responses.bytes(Array("not ready\n".utf8), contentType: "text/plain", status: .serviceUnavailable)
        }
    }

    private static let startAgain =
        "This is one step of a sign-in, which can’t be opened or reloaded by itself. Go back to the app and start again."

    private func on(
        _ router: Router<SignetRequestContext>,
        _ path: String,
        _ methods: [HTTPRequest.Method],
        _ cors: CORS.Rule,
        at hosts: Hosts = .ofOrgs,
        remedy: String? = nil,
        _ handler: @escaping @Sendable (Request, SignetRequestContext) async throws -> Response
    ) {
        for method in methods {
            router.on(RouterPath(path), method: method) { request, context in
                guard hosts == .every || context.loginOrigin == nil else {
                    return RequestProblem.notAtLoginHost.response(to: request, context)
                }
                var response = try await handler(request, context)
                CORS.add(to: &response, request, cors, context.site)
                return response
            }
        }
        for method in [HTTPRequest.Method.get, .post, .put, .delete, .patch] where !methods.contains(method) {
            router.on(RouterPath(path), method: method) { request, context in
                RequestProblem.wrongMethod(allowed: methods, remedy: remedy).response(to: request, context)
            }
        }
        router.on(RouterPath(path), method: .options) { request, context in
            CORS.preflight(request, cors, context.site)
        }
    }
}
