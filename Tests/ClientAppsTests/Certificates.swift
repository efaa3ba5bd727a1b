/// Certificates made with openssl, and what openssl says of them.
enum Certificates {
    static let good = """
        -----BEGIN CERTIFICATE-----
        MIIDHTCCAgWgAwIBAgIUJETLXvIeMi4KDZstFJqGUHAy7IowDQYJKoZIhvcNAQEL
        BQAwHjEcMBoGA1UEAwwTb3JkZXJzLmV4YW1wbGUudGVzdDAeFw0yNjExMjUwMDA3
        MDNaFw0zNjExMjIwMDA3MDNaMB4xHDAaBgNVBAMME29yZGVycy5leGFtcGxlLnRl
        c3QwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQC1zNaO1l0whdbf4g/x
        F2NXnKEb/qfOBJvY8v+o2n+yXpUk9oqU25MciaKf17ilHM0bS7+OTO/yi8rOnXC0
        tblljKV3QE6HxdIXTwUigXtxEDPMsAqnDWuAUbJ3XyC6pQnSblONAwf+HkMUMXBq
        5h6CqQRsBL2zxndCwfKCbK+6RoV/aEltPOKoksD3WmsdLYTl+9wSDNV32wmNIptb
        giAJI90A0ZpGU3Ssm4San1UPEH1zs5mmND9lVhBKGuEBd1SKynzMfLJNnonPL8uu
        TQ1szQ/5gSb/8bFzybtvCpEkhhWyy3JxcyhdUfuCLYM972IJIwy6zbR5yI+I0N4E
        8Q37AgMBAAGjUzBRMB0GA1UdDgQWBBSIwrTG+AwB4posMyVuXC87gxpjGDAfBgNV
        HSMEGDAWgBSIwrTG+AwB4posMyVuXC87gxpjGDAPBgNVHRMBAf8EBTADAQH/MA0G
        CSqGSIb3DQEBCwUAA4IBAQBqcHMOdsqm33kuB5fJwz7wL1mmbvdyeVWBRVaPttot
        0n2QxGaJfs+jNp0uD0+hukzmP1/2NcARKy4uY9SfOM7ErsoWaGB1DlM/oimcxkzh
        gtxy335DScSGGUj0ZHXeiZbauELWhQly0X2SzhBZOkYpG+rEJGGkr6NvPz68zMOp
        XvDsibVVT4b2QVEw8lWg5C+evDgQXLv4Y1i0C1OEEMyI2HlDjeCF+J0SPNJW1sj3
        ZujYMYkiIFCDrKhm9bWmUkMt1z0rK3cfEjgDzYFv1hcpp0owgCC3GYXkM68aTbFd
        b/QQiBaCtNlKr7lV/O9mUgwsGfOKE2lQmpOPbqoZiaef
        -----END CERTIFICATE-----
        """
    static let modulusStart = "B5CCD68ED65D3085"
    static let notBefore: Int64 = 1795565223
    static let weak = """
        -----BEGIN CERTIFICATE-----
        MIICFDCCAX2gAwIBAgIUNOYNyZ9OPYXMfYnz7DTlrfT+fu0wDQYJKoZIhvcNAQEL
        BQAwHDEaMBgGA1UEAwwRd2Vhay5leGFtcGxlLnRlc3QwHhcNMjYxMTI1MDAwNzAz
        WhcNMzYxMTIyMDAwNzAzWjAcMRowGAYDVQQDDBF3ZWFrLmV4YW1wbGUudGVzdDCB
        nzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAxQjBMY+XiTCqKfuEoqp+Cpdns5Ut
        PsfSZ8kxUauillZvGu2ZxXulb3qBJFB9cPXeirgWb9aXtK3BSegeIQ2q/xQmmCly
        jquy0a1201rYaZfNUEyvux6UXrx8f9P10FgNO6OpXETmzzPW91Om2s2756SVSzs0
        EZHvhetbfdpUwuUCAwEAAaNTMFEwHQYDVR0OBBYEFDyzAh1Pnz+/SsWSx9E04i8l
        tbTUMB8GA1UdIwQYMBaAFDyzAh1Pnz+/SsWSx9E04i8ltbTUMA8GA1UdEwEB/wQF
        MAMBAf8wDQYJKoZIhvcNAQELBQADgYEAjbunO2K+BArEPBCqDAx+WGiH2XlFOm0N
        FuFUyYHLNP7vys+iFxvP2hMInY6Mqjx3ZO0taHg0QVutlrFd1knOYfZWmcqy5o6L
        YeNY3m+zgKZ68iQvyiDdx2Aw5dblj/MVlvD0NCotZNIFHws1Zv0CWjyfkyk0TZvu
        FsD/NCz9PKM=
        -----END CERTIFICATE-----
        """
}
