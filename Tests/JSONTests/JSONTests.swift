import JSON
import Testing

struct JSONTests {
    private func parse(_ text: String) throws(JSONSyntaxError) -> JSONValue {
        try JSONParser.parse(Array(text.utf8))
    }

    @Test func `every kind of value is read`() throws {
        let value = try parse(#" {"a": [1, -2.5e1, true, false, null], "b": {}, "c": [], "d": "x"} "#)
        #expect(value["a"] == .array([.number(1), .number(-25), .bool(true), .bool(false), .null]))
        #expect(value["b"] == .object([]))
        #expect(value["c"] == .array([]))
        #expect(value["d"] == .string("x"))
    }

    @Test func `escapes in strings are read`() throws {
        let value = try parse(#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00ß""#)
        #expect(value == .string("\"\\/\u{8}\u{c}\n\r\té😀ß"))
    }

    @Test(arguments: [
        "", " ", "{", "[1,", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "'a'", "tru", "nul", "01", "-", "1.", ".5",
        "1e", "+1", "1e999", "NaN", "\"", "\"\n\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"",
        "\"\\udc00\"", "\"\\ud800\\u0041\"", "1 2", "{} x", "\u{feff}{}", "[1 2]", "{\"a\":}",
    ])
    func `broken text is refused`(text: String) {
        #expect(throws: JSONSyntaxError.self) { try parse(text) }
    }

    @Test func `a fraction that would be rounded away is refused, and not a whole number with a point`() throws {
        #expect(throws: JSONSyntaxError(fault: .lostFraction, byteOffset: 0)) { try parse("9007199254740991.4") }
        for text in ["9007199254740991.0", "9007199254740991", "1.5e300", "4503599627370495.5"] { _ = try parse(text) }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(throws: JSONSyntaxError(fault: .notUTF8, byteOffset: 0)) {
            try JSONParser.parse([UInt8(ascii: "\""), 0xff, UInt8(ascii: "\"")])
        }
    }

    @Test func `a name that is there twice is refused, and said where`() {
        #expect(throws: JSONSyntaxError(fault: .duplicateName("a"), byteOffset: 8)) {
            try parse(#"{"a":1, "\u0061":2}"#)
        }
    }

    @Test func `nesting is read to 32 levels and refused beyond`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try parse(nested(32))
        #expect(throws: JSONSyntaxError(fault: .tooDeep(limit: 32), byteOffset: 32)) { try parse(nested(33)) }
        #expect(throws: JSONSyntaxError.self) { try parse(String(repeating: "[{\"a\":", count: 100_000)) }
    }

    @Test func `text keeps the order of members and is read back the same`() throws {
        let value = JSONValue.record([
            "z": .integer(1), "a": .array([.number(0.5), .null, .number(1e-7)]), "none": nil,
            "s": .string("\"\\\n\u{1}é/"), "o": .object([]),
        ])
        let text = value.text()
        #expect(text == #"{"z":1,"a":[0.5,null,1e-07],"s":"\"\\\n\u0001é/","o":{}}"#)
        #expect(try parse(text) == value)
        #expect(try parse(value.text(isIndented: true)) == value)
    }

    @Test func `indented text has one member per line`() {
        let value = JSONValue.record(["a": .integer(1), "b": .array([.integer(2)]), "c": .array([])])
        #expect(
            value.text(isIndented: true) == """
                {
                  "a": 1,
                  "b": [
                    2
                  ],
                  "c": []
                }
                """)
    }

    @Test(arguments: [(0.0, "0"), (-0.0, "0"), (42, "42"), (9_007_199_254_740_991, "9007199254740991"), (2.9, "2.9")])
    func `numbers are written as short as they can be`(number: Double, text: String) {
        #expect(JSONValue.number(number).text() == text)
    }

    @Test func `durations are written in milliseconds to the microsecond`() {
        #expect(JSONValue.milliseconds(.nanoseconds(1_234_567)).text() == "1.235")
        #expect(JSONValue.milliseconds(.seconds(3)).text() == "3000")
    }
}
