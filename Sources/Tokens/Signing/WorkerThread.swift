#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A detached thread that runs one closure. POSIX threads are used because Foundation's would be the only reason to link
/// Foundation here.
enum WorkerThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    static func start(_ run: @escaping @Sendable () -> Void) {
        let body = Unmanaged.passRetained(Body(run)).toOpaque()
        #if canImport(Darwin)
            var thread: pthread_t?
            let result = pthread_create(
                &thread,
                nil,
                {
                    Unmanaged<Body>.fromOpaque($0).takeRetainedValue().run(); return nil
                },
                body
            )
            precondition(result == 0, "the system gives no more threads")
            if let thread { pthread_detach(thread) }
        #else
            var thread = pthread_t()
            let result = pthread_create(
                &thread,
                nil,
                { argument in
                    if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                    return nil
                },
                body
            )
            precondition(result == 0, "the system gives no more threads")
            pthread_detach(thread)
        #endif
    }
}
