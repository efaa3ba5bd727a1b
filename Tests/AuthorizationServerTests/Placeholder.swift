// AuthorizationServerTests
