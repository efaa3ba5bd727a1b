// ClientApps
