// SignetVerifierHummingbird
