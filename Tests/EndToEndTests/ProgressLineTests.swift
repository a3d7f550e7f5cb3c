import Testing

@testable import underpaint

@Suite("The line of progress")
struct ProgressLineTests {
    private let line = ProgressLine(
        share: 0.5, label: "reconstruction", item: "images 97-100 of 100", timeLeft: .seconds(200))

    @Test(arguments: [1, 2, 5, 11, 20, 33, 40, 57, 58, 80, 100, 300])
    func `it is shorter than the terminal is wide, and says first how much is done`(columns: Int) {
        let text = line.text(columns: columns)
        #expect(text.count < columns || text.isEmpty)
        if columns > 14 { #expect(text.contains("50 %")) }
    }

    @Test func `a narrow terminal leaves out what matters least`() {
        #expect(
            line.text(columns: 120)
                == "[\(String(repeating: "#", count: 20))\(String(repeating: ".", count: 20))] 50 %  "
                + "images 97-100 of 100  3 min 20 s left  reconstruction")
        #expect(!line.text(columns: 80).contains("reconstruction") && line.text(columns: 80).contains("97-100"))
        #expect(line.text(columns: 40).hasSuffix("50 %  3 min 20 s left"))
        #expect(line.text(columns: 16) == "[####....] 50 %")
    }

    @Test(arguments: [
        (Duration.milliseconds(100), "1 s"), (.seconds(59), "59 s"), (.seconds(60), "1 min 0 s"),
        (.seconds(7500), "2 h 5 min"),
    ])
    func `the time that is left reads like people say it`(time: Duration, text: String) {
        let line = ProgressLine(share: 0.1, label: "", timeLeft: time)
        #expect(line.text(columns: 200).contains("  \(text) left"))
    }
}
