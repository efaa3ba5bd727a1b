public import OAuthTypes

/// The messages of a deployment, in their order.
extension Deployments {
    private static let messageColumns: StaticString = """
        file_name, full_name, component_type, component_id, is_success, is_created, is_changed, is_deleted, problem, \
        problem_type, line
        """

    static func insert(
        _ message: DeploymentMessage,
        at position: Int,
        of id: DeploymentID,
        on connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO deployment_messages (deployment_id, position, \(raw: messageColumns)) VALUES
                (\(id), \(position), \(message.fileName), \(message.fullName), \(message.componentType), \(message.id),
                 \(message.success), \(message.created), \(message.changed), \(message.deleted), \(message.problem),
                 \(message.problemType?.rawValue), \(message.line))
            """
        )
    }

    /// The messages of a deployment.
    public static func messages(_ id: DeploymentID, on connection: any Connection) throws -> [DeploymentMessage] {
        try connection.rows(
            "SELECT \(raw: messageColumns) FROM deployment_messages WHERE deployment_id = \(id) ORDER BY position"
        ).map { row in
            var row = row
            var message = DeploymentMessage(
                fileName: try row.text(),
                fullName: try row.text(),
                componentType: try row.text()
            )
            message.id = try row.optionalText()
            message.success = try row.bool()
            message.created = try row.bool()
            message.changed = try row.bool()
            message.deleted = try row.bool()
            message.problem = try row.optionalText()
            message.problemType = try row.optionalWord()
            message.line = try row.optionalInt()
            return message
        }
    }
}
