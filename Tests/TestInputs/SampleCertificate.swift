/// A certificate made with openssl.
public enum SampleCertificate {
    /// The certificate in PEM form.
    public static let pem = """
        -----BEGIN CERTIFICATE-----
        MIIDBTCCAe2gAwIBAgIUH13/nYoGLTV7TAbpFMnkVTdNrEMwDQYJKoZIhvcNAQEL
        BQAwETEPMA0GA1UEAwwGb3JkZXJzMCAXDTI2MTEyNjA4MjQ0MVoYDzIxMjYxMTAy
        MDgyNDQxWjARMQ8wDQYDVQQDDAZvcmRlcnMwggEiMA0GCSqGSIb3DQEBAQUAA4IB
        DwAwggEKAoIBAQC1fAPj+IxxjWx0v6mkvWdKSX7lO4/ureLBRYfh30cIAr9EJwIR
        kfHsoFwSAHR11lTU9+SjU6V9tKFTbejFtYnCLrYgmMf+Pm9N/98hyBANqL/vQXFD
        ILY+ShtVlsfdKJcd4y4B/pCielBaBwr3N11nlqzysgLwzrOY2yhBy2Vp/GQpZXd/
        CmXAWlluYVJrvC3CisdUS+8WZA9yUcs59tRXDJP7ZcYRpz7OcvllQmizvjexVtNF
        NNIXp1eSSMcYaa8+PuSIrmF5JS75o1q6FonqfcL/fFglMyGnEdh0I76/jqoeUL5T
        ssFtlCwt6Agh3BortSnpwYGlHejhKMMQhSphAgMBAAGjUzBRMB0GA1UdDgQWBBRX
        bMQWQvNuJDvx3B0/VVqYyf7JbTAfBgNVHSMEGDAWgBRXbMQWQvNuJDvx3B0/VVqY
        yf7JbTAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQAAyc4dro1f
        HbWZLkLZy731iX7oP6KvcohhnqNtDNF9aWyXJq2eZWu1fZ2j9RQvU6PdiPmewYOz
        kgf4U9qmsdLC63/Gb7iVS3D98ZMCIMd6gvoP7DIg8Y+9HG8s5oyULr3qTWa29YHf
        Sp6+J3Qxkg10GB7DYqHcCAYt7U77+IlpcZSItCvbFQbwn4YQd5fQ1QVQf5WU+qIh
        qMgy5+y0WfMoS7KcrW5SxXDp8piPpyQdtA+EQt23VMO8aPLAIUOvufSJQaaHsNCb
        GI7aKgtk2zbV0vsm2H7iIGc3SHUdsJQUkF7UEprp7k9ajAmIhmnXrI1qvJxjJFwE
        sQT3iwx8GOdE
        -----END CERTIFICATE-----
        """
}
