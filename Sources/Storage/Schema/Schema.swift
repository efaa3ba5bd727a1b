/// The schema and its history. A released migration is never changed; a new one is added at the end.
public enum Schema {
    /// Every migration in its order.
    public static let migrations: [Migration] = [
        Migration("0001-orgs-and-users", orgsAndUsers),
        Migration("0002-apps", apps),
        Migration("0003-keys", keys),
        Migration("0004-grants", grants),
        Migration("0005-sign-in", signIn),
        Migration("0006-grant-upkeep", grantUpkeep),
        Migration("0007-audit", audit),
        Migration("0008-connected-apps", connectedApps),
        Migration("0009-credentials-and-org-settings", credentialsAndOrgSettings),
        Migration("0010-several-orgs", severalOrgs),
        Migration("0011-packages", packages),
        Migration("0012-metadata-api", MetadataAPISchema.statements),
        Migration("0013-revocation-versions", revocationVersions),
        Migration("0014-one-installation", oneInstallation),
        Migration("0015-component-names", componentNames),
        Migration("0016-deployment-archives", MetadataAPISchema.archives),
        Migration("0017-directory-changes", directoryChanges),
        Migration("0018-names-of-profiles", namesOfProfiles, step: keyNamesOfProfiles),
        Migration("0019-standard-answers", standardAnswers),
        Migration("0020-api-of-an-org", apiOfAnOrg),
        Migration("0021-sessions-of-apps", sessionsOfApps),
        Migration("0022-authors-of-components", MetadataAPISchema.authors),
        Migration("0023-sessions-of-sessions", sessionsOfSessions),
    ]
}
