public import ClientApps
public import OAuthTypes

/// What is foreseen of an app in JSON, as commands print it and as the resources of the REST API answer it.
public enum ForecastFacts {
    /// Writes what would count and does not.
    public static func write(_ differences: [AppForecast.Difference], _ array: inout JSONWriter) {
        for difference in differences {
            array.object { object in
                object.member("element", difference.element)
                object.member("before", difference.before)
                object.member("after", difference.after)
            }
        }
    }

    /// Writes what is allowed today and would be refused.
    public static func write(_ refusals: [ForeseenRefusal], _ array: inout JSONWriter) {
        for refusal in refusals {
            array.object { object in
                object.member("subject", refusal.subject.rawValue)
                object.member("user", ifPresent: refusal.username)
                object.member("authorization", ifPresent: refusal.authorization?.rawValue)
                object.member("grantedAt", ifPresent: refusal.grantedAt?.rfc3339)
                object.member("lastUsedAt", ifPresent: refusal.lastUsedAt?.rfc3339)
                object.member("element", refusal.element)
                object.member("reason", refusal.reason)
            }
        }
    }

    /// Writes what would be left half done, and who has to act.
    public static func write(_ notices: [AppNotice], _ array: inout JSONWriter) {
        for notice in notices {
            array.object { object in
                object.member("element", notice.element)
                object.member("owner", notice.owner.rawValue)
                object.member("text", notice.text)
            }
        }
    }
}
