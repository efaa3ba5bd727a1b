import ClientApps

/// A status as the original's description of the Metadata API has it, where `StatusCode` is an enum of some six hundred members: code that is
/// generated from the description reads no other. What Signet tells finer is in front of the message.
struct SOAPStatus: Hashable, Sendable {
    /// A member of the enum.
    let code: String
    let message: String

    init(_ code: StatusCode, _ message: String) {
        let member = code.describedMember
        self.code = member.rawValue
        self.message = member == code ? message : "\(code.rawValue): \(message)"
    }
}

extension StatusCode {
    /// The member of the description's enum that says most of what this code says: the code itself where it is one.
    fileprivate var describedMember: StatusCode {
        switch self {
        case .allOrNoneOperationRolledBack, .alreadyInProcess, .cannotModifyManagedObject, .dependencyExists,
            .duplicateDeveloperName, .duplicateValue, .fieldIntegrityException, .fileSizeLimitExceeded,
            .functionalityNotEnabled, .insufficientAccess, .invalidCrossReferenceKey, .invalidEmailAddress,
            .invalidField, .invalidIDField, .invalidInetAddress, .invalidInput, .invalidMarkup, .invalidOperation,
            .invalidOrNullForRestrictedPicklist, .invalidStatus, .invalidType, .limitExceeded,
            .numberOutsideValidRange, .requiredFieldMissing, .stringTooLong, .unknownException:
            self
        case .documentTooLarge:
            .fileSizeLimitExceeded
        case .featureNotEnabled:
            .functionalityNotEnabled
        case .duplicateElement, .invalidCallbackURL, .invalidCertificate, .invalidCharacter, .invalidConsumerKey,
            .invalidConsumerSecret, .invalidDeveloperName, .invalidScope, .invalidURL, .unknownElement:
            .invalidField
        case .invalidIPRange:
            .invalidInetAddress
        case .invalidPackage, .invalidVersion, .invalidZipFile:
            .invalidInput
        case .doctypeNotAllowed, .malformedXML, .mixedContent, .notUTF8, .processingInstruction, .unknownAttribute,
            .wrongNamespace, .wrongRootElement:
            .invalidMarkup
        case .cannotMigrate, .confirmationRequired, .unsupportedAPIVersion:
            .invalidOperation
        case .unknownType, .unsupportedType:
            .invalidType
        case .tooDeep, .tooManyElements:
            .limitExceeded
        case .apiCurrentlyDisabled, .apiDisabledForOrg, .duplicateUsername, .illegalQueryParameterValue,
            .invalidAuthHeader, .invalidLogin, .invalidMultipartRequest, .invalidRequest, .invalidSessionID,
            .invalidSOAPMessage, .jsonParserError, .loginDuringRestrictedDomain, .malformedQuery,
            .misdirectedRequest, .notFound, .queryTooComplicated, .serverUnavailable, .unsupportedMediaType,
            .warning:
            .unknownException
        }
    }
}
