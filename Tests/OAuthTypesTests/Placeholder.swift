// OAuthTypesTests
