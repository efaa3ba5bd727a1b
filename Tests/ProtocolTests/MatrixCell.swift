import Orgs

/// Something that may be asked for, and the sets of permissions of which one suffices: those of the facts (app-model 4.2), written down
/// once more, so that they are not those of the code under test.
struct MatrixCell: Sendable {
    let name: String
    let needs: [Set<Permission>]
    /// Whether it is asked for with every grant of the matrix; if not, with none, with all, with all but one that it needs, and with what
    /// suffices.
    var isThorough = true
    /// Asks, and says whether it was allowed, whatever else became of it.
    let ask: @Sendable (RESTCaller, SOAPCaller) async throws -> Bool

    static let developer: [Set<Permission>] = [[.externalClientAppDeveloper]]
    static let admin: [Set<Permission>] = [[.externalClientAppAdmin]]
    static let viewer: [Set<Permission>] = [[.externalClientAppViewer]]
    static let credentials: [Set<Permission>] = [[.externalClientAppDeveloper, .viewClientSecret]]
    static let connectedApps: [Set<Permission>] = [
        [.customizeApplication, .modifyAllData], [.customizeApplication, .manageRemoteAccess],
    ]
    static let packages: [Set<Permission>] = [
        [.installPackaging, .customizeApplication, .modifyAllData],
        [.installPackaging, .customizeApplication, .externalClientAppDeveloper],
    ]
    static let metadataAPI: [Set<Permission>] = [[.modifyMetadata], [.modifyAllData]]

    /// What is needed where two things are.
    static func both(_ left: [Set<Permission>], _ right: [Set<Permission>]) -> [Set<Permission>] {
        left.flatMap { one in right.map { one.union($0) } }
    }

    /// Whether it is asked for with a grant.
    ///
    /// - Parameter all: the grant that lacks nothing.
    func isAsked(with granted: Set<Permission>, of all: Set<Permission>) -> Bool {
        guard !isThorough else { return true }
        let lacking = all.subtracting(granted)
        let isEdge = lacking.count <= 1 && lacking.isSubset(of: needs.reduce([]) { $0.union($1) })
        return granted.isEmpty || granted == [.modifyMetadata] || isEdge || needs.contains(granted)
    }
}
