// Orgs
