import ClientApps

extension MetadataError {
    /// The error with the file that it is about.
    func located(in file: SourceFile) -> MetadataError {
        MetadataError(
            file: file.path,
            element: element,
            line: line,
            code: code,
            problem: problem,
            remedy: remedy
        ).onLine(of: file)
    }

    /// The error with the file that has its element, where it names none.
    func located(in app: AppComponents, _ files: [SourceFile]) -> MetadataError {
        guard file.isEmpty else { return self }
        let names = app.documents.map(\.fullName)
        let owner = files.first { file in
            let base = file.path.split(separator: "/").last.map(String.init) ?? ""
            let isOfApp = names.contains { base.hasPrefix($0 + ".") }
            return isOfApp && element.map { file.bytes.firstRange(of: Array("<\($0)>".utf8)) != nil } ?? true
        }
        return MetadataError(
            file: owner?.path ?? app.developerName,
            element: element,
            line: line,
            code: code,
            problem: problem,
            remedy: remedy
        ).onLine(of: owner)
    }
}
