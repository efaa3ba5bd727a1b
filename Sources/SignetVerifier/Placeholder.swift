// SignetVerifier
