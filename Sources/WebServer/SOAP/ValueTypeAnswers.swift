import ClientApps

/// Writes what a type of metadata may say: `describeValueType`.
enum ValueTypeAnswers {
    static func write(_ shape: MetadataShape, version: Int, into writer: inout SOAPWriter) {
        writer.open("result")
        for element in ["apiCreatable", "apiDeletable", "apiReadable", "apiUpdatable"] { writer.element(element, true) }
        let name = MetadataShape.Field.fullName
        write(name, version, into: &writer)
        for field in shape.fields where field.since <= version { write(field, version, into: &writer) }
        writer.close("result")
    }

    private static func write(
        _ field: MetadataShape.Field,
        _ version: Int,
        as element: String = "valueTypeFields",
        into writer: inout SOAPWriter
    ) {
        writer.open(element)
        if case .record(let shape) = field.value {
            for inner in shape.fields where inner.since <= version {
                write(inner, version, as: "fields", into: &writer)
            }
        }
        if field.name == "externalClientApplication" {
            writer.element("foreignKeyDomain", MetadataType.externalClientApplication.rawValue)
        }
        writer.element("isForeignKey", field.name == "externalClientApplication")
        writer.element("isNameField", field.name == MetadataShape.Field.fullName.name)
        writer.element("minOccurs", field.isRequired ? 1 : 0)
        writer.element("name", field.name)
        if case .word(let words) = field.value {
            for word in words {
                writer.open("picklistValues")
                writer.element("active", true)
                writer.element("defaultValue", false)
                writer.element("label", word)
                writer.element("value", word)
                writer.close("picklistValues")
            }
        }
        writer.element("soapType", field.value.soapType)
        writer.element("valueRequired", field.isRequired)
        writer.close(element)
    }
}

extension MetadataShape.Value {
    fileprivate var soapType: String {
        switch self {
        case .text, .word: "string"
        case .flag: "boolean"
        case .number: "int"
        case .record(let shape): shape.name
        }
    }
}
