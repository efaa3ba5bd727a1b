import ArgumentParser

/// The options of a command that works at a server alone, by a session.
struct ServerOptions: ParsableArguments {
    @OptionGroup var session: SessionOptions

    /// - Throws: ``CommandFailure`` when nobody is signed in.
    func server() throws -> SignedInServer {
        let store = SessionStore.own
        return SignedInServer(store: store, session: try session.session(in: store))
    }

    /// A server for a change; which it is, is said on standard error.
    func serverForChange() throws -> SignedInServer {
        let server = try server()
        server.announce()
        return server
    }
}
