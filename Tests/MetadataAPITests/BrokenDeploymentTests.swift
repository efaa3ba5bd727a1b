import ClientApps
import MetadataAPI
import OAuthTypes
import Orgs
import Storage
import TestSupport
import Testing
import Tokens

/// What is nobody's mistake: it ends the deployment at once, in true words, and is for the operator's log.
@Suite("Deployments that break")
struct BrokenDeploymentTests {
    private static func options(_ change: (inout DeployOptions) -> Void = { _ in }) -> DeployOptions {
        var options = DeployOptions()
        options.singlePackage = true
        change(&options)
        return options
    }

    /// In what the work of the next deployment breaks; `nil` if it does not.
    private static func ending(_ queue: DeploymentQueue) async throws -> DeploymentQueue.Broken? {
        do {
            _ = try await queue.runNext(now: MetadataPlace.now)
            return nil
        } catch let broken as DeploymentQueue.Broken {
            return broken
        }
    }

    @Test(
        "app-model 11.5: a deployment that cannot be done fails at once with the reason in the log, and the next one of the org is done",
        arguments: TestDatabase.available
    )
    func otherMasterKey(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let id = try await place.begin(PackageMother.package(), Self.options())
            var randomness = SystemRandomNumberGenerator()
            let other = try MasterKey(MasterKey.generate(using: &randomness))
            let broken = try await Self.ending(DeploymentQueue(database: place.database, masterKey: other))
            #expect(broken?.description.contains(id) == true && broken?.reason is MasterKeyError)
            let result = try await place.status(id)
            #expect(result.record.status == .failed && result.record.stage.failure?.code == .unknownException)
            #expect(result.record.stage.failure?.message.contains("stopped") == false)
            #expect(result.record.attempts == 1)
            #expect(try await place.deploy(PackageMother.package()).record.status == .succeeded)
        }
    }

    @Test(
        "app-model 11.3: a validation whose options cannot be read is not taken for a deployment",
        arguments: TestDatabase.available
    )
    func options(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            let id = try await place.begin(PackageMother.package(), Self.options { $0.checkOnly = true })
            _ = try await place.database.write {
                try $0.execute("UPDATE deployments SET options = \("{") WHERE id = \(id)")
            }
            #expect(try await Self.ending(place.service.queue)?.reason is Deployments.Unreadable)
            #expect(try await place.service.queue.runNext(now: MetadataPlace.now) == false)
            await #expect(throws: Deployments.Unreadable.self) { try await place.status(id) }
            #expect(try await place.files([("ExternalClientApplication", ["*"])]).count == 1)
        }
    }

    @Test(
        "CONTRIBUTING, rule 6: a stored document that cannot be read is a defect of the server, not of the file that was sent",
        arguments: TestDatabase.available
    )
    func storedDocument(driver: TestDatabase) async throws {
        try await MetadataPlace.run(on: driver) { place in
            try await place.deploy(PackageMother.package())
            let kind = MetadataType.oauthSettings.rawValue
            _ = try await place.database.write {
                try $0.execute("UPDATE app_components SET document = \(Array("<x".utf8)) WHERE kind = \(kind)")
            }
            let id = try await place.begin(PackageMother.package(label: "New"), Self.options())
            #expect(try await Self.ending(place.service.queue)?.reason is AppRecords.Unreadable)
            let result = try await place.status(id)
            #expect(result.record.stage.failure?.code == .unknownException && result.failures.isEmpty)
        }
    }
}
