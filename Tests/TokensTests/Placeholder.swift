// TokensTests
