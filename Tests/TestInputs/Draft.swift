import OAuthTypes

/// What an element holds.
enum DraftValue {
    case text(String)
    case record(Draft)
}

/// One element.
struct DraftElement {
    let name: String
    var value: DraftValue
}

/// A document while it is made up: elements with texts, or with elements inside.
struct Draft {
    private(set) var elements: [DraftElement] = []

    mutating func add(_ name: String, _ value: DraftValue) { elements.append(DraftElement(name: name, value: value)) }

    func has(_ name: String) -> Bool { elements.contains { $0.name == name } }

    mutating func remove(_ names: String...) { elements.removeAll { names.contains($0.name) } }

    /// The text of the first element of a name; setting it keeps the element's place, or puts a new one at the end.
    subscript(_ name: String) -> String? {
        get {
            guard case .text(let text)? = elements.first(where: { $0.name == name })?.value else { return nil }
            return text
        }
        set {
            guard let newValue else { return elements.removeAll { $0.name == name } }
            if let index = elements.firstIndex(where: { $0.name == name }) {
                elements[index].value = .text(newValue)
            } else {
                add(name, .text(newValue))
            }
        }
    }

    /// Changes the records of a name.
    mutating func change(_ name: String, _ body: (inout Draft) -> Void) {
        for index in elements.indices where elements[index].name == name {
            guard case .record(var inner) = elements[index].value else { continue }
            body(&inner)
            elements[index].value = .record(inner)
        }
    }

    /// Lets each text of an element stand once.
    mutating func makeUnique(_ name: String) {
        var seen: Set<String> = []
        elements.removeAll { element in
            guard element.name == name, case .text(let text) = element.value else { return false }
            return !seen.insert(text).inserted
        }
    }

    var xml: String {
        elements.map { element in
            switch element.value {
            case .text(let text): "<\(element.name)>\(MarkupText.escaped(text))</\(element.name)>"
            case .record(let inner): "<\(element.name)>\(inner.xml)</\(element.name)>"
            }
        }.joined()
    }
}
