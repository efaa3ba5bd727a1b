// SignetVerifierTests
