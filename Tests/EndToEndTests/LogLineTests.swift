import Foundation
import JSON
import Logging
import Testing

@testable import underpaint

@Suite("Lines of the log")
struct LogLineTests {
    private func line(_ message: String = "done", _ metadata: Logger.Metadata = [:]) -> LogLine {
        LogLine(time: Date(timeIntervalSince1970: 1_767_323_045.5), level: .info, message: message, metadata: metadata)
    }

    @Test func `both forms have date and milliseconds`() throws {
        #expect(line().text == "2026-01-02T03:04:05.500Z info done")
        #expect(line().json == #"{"time":"2026-01-02T03:04:05.500Z","level":"info","message":"done","data":{}}"#)
    }

    @Test func `numbers stay numbers in JSON`() throws {
        let json = line(
            "done",
            [
                "count": .stringConvertible(3), "ms": .stringConvertible(1.5), "ok": .stringConvertible(true),
                "id": "7",
                "large": .stringConvertible(UInt64.max), "none": .stringConvertible(Double.nan),
                "list": ["a", .stringConvertible(1)],
            ]
        ).json
        #expect(
            try JSONParser.parse(Array(json.utf8))["data"]?.text()
                == #"{"count":3,"id":"7","large":"18446744073709551615","list":["a",1],"ms":1.5,"none":"nan","ok":true}"#
        )
    }

    @Test func `values of several words are quoted in text, so that none passes for another field`() {
        let metadata: Logger.Metadata = [
            "path": "/v1/a level=error", "class": "Ankle boot", "empty": "", "quote": "say \"hi\" \\", "word": "a/b-c",
        ]
        #expect(
            line("done", metadata).text
                == #"2026-01-02T03:04:05.500Z info done class="Ankle boot" empty="" path="/v1/a level=error" "#
                + #"quote="say \"hi\" \\" word=a/b-c"#)
    }

    @Test(arguments: [0x00, 0x07, 0x0A, 0x0D, 0x1B, 0x7F, 0x80, 0x9B, 0x9F, 0x2028])
    func `no control character gets through, in either form`(code: UInt32) throws {
        let text = "a\(try #require(Unicode.Scalar(code)))b"
        let line = line(text, ["key\(text)": "\(text) c"])
        for form in [line.text, line.json] {
            #expect(
                form.unicodeScalars.allSatisfy {
                    $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && $0.value != 0x2028
                })
        }
        // Nothing is lost: JSON reads it back.
        #expect(try JSONParser.parse(Array(line.json.utf8))["message"] == .string(text))
    }
}
