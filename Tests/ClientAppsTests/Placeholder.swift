// ClientAppsTests
