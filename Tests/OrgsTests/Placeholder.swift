// OrgsTests
