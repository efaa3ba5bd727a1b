import Foundation
import OAuthTypes
import Testing

@Suite("Serve")
struct ServeTests {
    private func with(_ body: (SignetProgram) throws -> Void) throws {
        let program = try SignetProgram()
        defer { program.remove() }
        try body(program)
    }

    @Test(
        "issue 2.2: without --port the port of an issuer on this machine is listened on; one that is taken is named, with the remedy"
    )
    func takenPort() throws {
        try with { program in
            try LocalPort.holding { port in
                let made = try program.run([
                    "init", "--data", program.data, "--base-url", "http://localhost:\(port)",
                ])
                #expect(made.output.contains("signet serve --data \(program.data) --port \(port)"))
                let taken = try program.run(["serve", "--data", program.data, "--log-format", "json"])
                #expect(taken.code == 1)
                #expect(taken.errors.contains("127.0.0.1:\(port) is in use"))
                #expect(taken.errors.contains("--port"))
                #expect(!taken.errors.contains("upkeep failed"))
            }
        }
    }

    @Test("issue 2.2: a server whose issuer is https and that has no certificate says who must have the TLS")
    func noTLS() throws {
        try with { program in
            try LocalPort.holding { port in
                let made = try program.run(["init", "--data", program.data, "--base-url", "https://localhost:\(port)"])
                #expect(made.output.contains("serve --data \(program.data) --port \(port) --tls-cert FILE"))
                #expect(!made.output.contains("0.0.0.0"))
                let plain = try program.run(["serve", "--data", program.data, "--port", "\(port)"])
                #expect(plain.errors.contains("a proxy must end TLS and pass requests on to 127.0.0.1:\(port)"))
            }
        }
        try with { program in
            let made = try program.run(["init", "--data", program.data, "--base-url", "https://acme.example"])
            #expect(made.output.contains("--host 0.0.0.0 --port 443 --tls-cert FILE"))
        }
    }

    @Test("issue 2.2: the variables that Kubernetes sets for a service named signet do not stop the start")
    func serviceVariables() throws {
        try with { program in
            try LocalPort.holding { port in
                _ = try program.run(["init", "--data", program.data, "--base-url", "http://localhost:\(port)"])
                let started = try program.run(
                    ["serve", "--data", program.data],
                    environment: [
                        "SIGNET_SERVICE_HOST": "10.0.0.1", "SIGNET_SERVICE_PORT": "80",
                        "SIGNET_SERVICE_PORT_HTTP": "80", "SIGNET_PORT": "tcp://10.0.0.1:80",
                        "SIGNET_PORT_80_TCP": "tcp://10.0.0.1:80", "SIGNET_PORT_80_TCP_PROTO": "tcp",
                        "SIGNET_PORT_80_TCP_PORT": "80", "SIGNET_PORT_80_TCP_ADDR": "10.0.0.1",
                        "SIGNET_DB_PORT": "tcp://10.0.0.2:5432",
                    ]
                )
                // It came as far as listening.
                #expect(started.errors.contains("127.0.0.1:\(port) is in use"))
                let unknown = try program.run(["serve", "--data", program.data], environment: ["SIGNET_PROT": "1"])
                #expect(!unknown.errors.contains("SIGNET_TEST"))
            }
        }
    }

    @Test("issue 2.2: a certificate file that is missing, or is none, is named")
    func certificates() throws {
        try with { program in
            _ = try program.initialized()
            try program.write("cert.pem", "none")
            try program.write("key.pem", "none")
            func serve(_ certificate: String) throws -> SignetProgram.Result {
                try program.run([
                    "serve", "--data", program.data, "--port", "0", "--tls-cert", program.folder + "/" + certificate,
                    "--tls-key", program.folder + "/key.pem",
                ])
            }
            #expect(try serve("none.pem").errors.contains("none.pem of --tls-cert cannot be read: No such file"))
            #expect(try serve("cert.pem").errors.contains("cert.pem is no PEM certificate"))
        }
    }
}
