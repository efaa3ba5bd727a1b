/// A status as the original's description of the Metadata API has it, where `StatusCode` is an enum of some six hundred members: code that is
/// generated from the description reads no other. What Signet tells finer is in front of the message.
struct SOAPStatus: Hashable, Sendable {
    /// A member of the enum.
    let code: String
    let message: String

    init(_ code: String, _ message: String) {
        if Self.members.contains(code) {
            (self.code, self.message) = (code, message)
        } else {
            (self.code, self.message) = (Self.nearest[code] ?? "UNKNOWN_EXCEPTION", "\(code): \(message)")
        }
    }

    /// The members that are in use here as they are.
    static let members: Set<String> = [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK", "ALREADY_IN_PROCESS", "CANNOT_MODIFY_MANAGED_OBJECT", "DEPENDENCY_EXISTS",
        "DUPLICATE_DEVELOPER_NAME", "DUPLICATE_VALUE", "FIELD_INTEGRITY_EXCEPTION", "FUNCTIONALITY_NOT_ENABLED",
        "INSUFFICIENT_ACCESS", "INVALID_CROSS_REFERENCE_KEY", "INVALID_EMAIL_ADDRESS", "INVALID_FIELD",
        "INVALID_ID_FIELD",
        "INVALID_OPERATION", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "INVALID_STATUS", "INVALID_TYPE",
        "LIMIT_EXCEEDED",
        "NUMBER_OUTSIDE_VALID_RANGE", "REQUIRED_FIELD_MISSING", "STRING_TOO_LONG", "UNKNOWN_EXCEPTION",
    ]

    /// The member that says most of what a code of Signet's own says.
    static let nearest: [String: String] = [
        "CANNOT_MIGRATE": "INVALID_OPERATION", "CONFIRMATION_REQUIRED": "INVALID_OPERATION",
        "DOCTYPE_NOT_ALLOWED": "INVALID_MARKUP", "DOCUMENT_TOO_LARGE": "FILE_SIZE_LIMIT_EXCEEDED",
        "DUPLICATE_ELEMENT": "INVALID_FIELD", "FEATURE_NOT_ENABLED": "FUNCTIONALITY_NOT_ENABLED",
        "INVALID_CALLBACK_URL": "INVALID_FIELD", "INVALID_CERTIFICATE": "INVALID_FIELD",
        "INVALID_CHARACTER": "INVALID_FIELD",
        "INVALID_CONSUMER_KEY": "INVALID_FIELD", "INVALID_CONSUMER_SECRET": "INVALID_FIELD",
        "INVALID_DEVELOPER_NAME": "INVALID_FIELD", "INVALID_IP_RANGE": "INVALID_INET_ADDRESS",
        "INVALID_PACKAGE": "INVALID_INPUT", "INVALID_SCOPE": "INVALID_FIELD", "INVALID_URL": "INVALID_FIELD",
        "INVALID_VERSION": "INVALID_INPUT", "INVALID_ZIP_FILE": "INVALID_INPUT", "MALFORMED_XML": "INVALID_MARKUP",
        "MIXED_CONTENT": "INVALID_MARKUP", "PROCESSING_INSTRUCTION": "INVALID_MARKUP", "TOO_DEEP": "LIMIT_EXCEEDED",
        "TOO_MANY_ELEMENTS": "LIMIT_EXCEEDED", "UNKNOWN_ATTRIBUTE": "INVALID_MARKUP",
        "UNKNOWN_ELEMENT": "INVALID_FIELD",
        "UNKNOWN_TYPE": "INVALID_TYPE", "UNSUPPORTED_API_VERSION": "INVALID_OPERATION",
        "UNSUPPORTED_TYPE": "INVALID_TYPE",
        "WRONG_NAMESPACE": "INVALID_MARKUP", "WRONG_ROOT_ELEMENT": "INVALID_MARKUP",
    ]
}
