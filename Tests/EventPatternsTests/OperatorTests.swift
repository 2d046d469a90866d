import EventPatterns
import Testing

@Suite("An operator")
struct OperatorTests {
  @Test(
    "of text looks at one end of it",
    arguments: [
      MatchingCase(
        #"{"v": [{"prefix": "2022-07"}]}"#, matches: [#"{"v": "2022-07-13"}"#, #"{"v": "2022-07"}"#],
        drops: [#"{"v": "2022-0"}"#, #"{"v": 2022}"#, #"{"v": "x2022-07"}"#, "{}"]),
      MatchingCase(
        #"{"v": [{"suffix": ".png"}]}"#, matches: [#"{"v": "a.png"}"#, #"{"v": ".png"}"#],
        drops: [#"{"v": "a.PNG"}"#, #"{"v": "a.png "}"#, #"{"v": "png"}"#, #"{"v": null}"#]),
      MatchingCase(
        #"{"v": [{"prefix": ""}]}"#, matches: [#"{"v": "x"}"#, #"{"v": ""}"#], drops: [#"{"v": 1}"#, "{}"]),
      MatchingCase(
        #"{"v": [{"suffix": ""}]}"#, matches: [#"{"v": "x"}"#, #"{"v": ""}"#], drops: [#"{"v": null}"#]),
      // A prefix of bytes may well end within what a reader takes for one character.
      MatchingCase(#"{"v": [{"prefix": "e"}]}"#, matches: [#"{"v": "e\u0301"}"#], drops: [#"{"v": "\u00e9"}"#]),
    ])
  func ends(_ example: MatchingCase) throws { try example.check() }

  @Test(
    "that ignores case ignores that of every letter",
    arguments: [
      MatchingCase(
        #"{"v": [{"equals-ignore-case": "Instance STATE"}]}"#,
        matches: [#"{"v": "instance state"}"#, #"{"v": ["x", "INSTANCE STATE"]}"#],
        drops: [#"{"v": "instance state "}"#, #"{"v": "instance"}"#, #"{"v": ["no match"]}"#]),
      MatchingCase(#"{"v": [{"equals-ignore-case": ""}]}"#, matches: [#"{"v": ""}"#], drops: [#"{"v": "x"}"#]),
      MatchingCase(
        #"{"v": [{"equals-ignore-case": "GRÖßE Ω"}]}"#, matches: [#"{"v": "größe ω"}"#], drops: [#"{"v": "grösse ω"}"#]
      ),
      MatchingCase(
        #"{"v": [{"prefix": {"equals-ignore-case": "EventB"}}]}"#,
        matches: [#"{"v": "eVENTbus"}"#, #"{"v": "EVENTB"}"#, #"{"v": "eventbüro"}"#],
        drops: [#"{"v": "event"}"#, #"{"v": "an eventbus"}"#]),
      MatchingCase(
        #"{"v": [{"suffix": {"equals-ignore-case": ".PnG"}}]}"#,
        matches: [#"{"v": "a.png"}"#, #"{"v": "ä.PNG"}"#], drops: [#"{"v": "a.png.bak"}"#, #"{"v": "png"}"#]),
      // The bracket and the brace differ in the bit that tells letters' cases apart.
      MatchingCase(#"{"v": [{"equals-ignore-case": "a[b"}]}"#, matches: [#"{"v": "A[B"}"#], drops: [#"{"v": "a{b"}"#]),
    ])
  func ignoringCase(_ example: MatchingCase) throws { try example.check() }

  @Test(
    "`anything-but` wants a value that is not one of its own",
    arguments: [
      MatchingCase(
        #"{"v": [{"anything-but": "a"}]}"#,
        matches: [#"{"v": "b"}"#, #"{"v": null}"#, #"{"v": 1}"#, #"{"v": true}"#, #"{"v": ""}"#],
        drops: [#"{"v": "a"}"#, "{}", #"{"v": {}}"#, #"{"v": []}"#]),
      MatchingCase(
        #"{"v": [{"anything-but": ["a", "b"]}]}"#, matches: [#"{"v": "c"}"#],
        drops: [#"{"v": "a"}"#, #"{"v": "b"}"#, "{}"]),
      MatchingCase(
        #"{"v": [{"anything-but": 123}]}"#, matches: [#"{"v": 789}"#, #"{"v": "123"}"#, #"{"v": 123456789012}"#],
        drops: [#"{"v": 123}"#, #"{"v": 1.23e2}"#]),
      MatchingCase(#"{"v": [{"anything-but": 0}]}"#, matches: [#"{"v": 789}"#], drops: [#"{"v": 0.0}"#]),
      MatchingCase(
        #"{"v": [{"anything-but": [100, 200.5]}]}"#, matches: [#"{"v": 999}"#],
        drops: [#"{"v": 100}"#, #"{"v": 200.50}"#]),
      MatchingCase(
        #"{"v": [{"anything-but": {"prefix": "init"}}]}"#, matches: [#"{"v": "post-init"}"#, #"{"v": 12}"#],
        drops: [#"{"v": "init-prefix"}"#, "{}"]),
      MatchingCase(
        #"{"v": [{"anything-but": {"prefix": ["init", "post"]}}]}"#, matches: [#"{"v": "x"}"#, #"{"v": 12}"#],
        drops: [#"{"v": "post-init"}"#, #"{"v": "initial"}"#]),
      MatchingCase(
        #"{"v": [{"anything-but": {"suffix": ".txt"}}]}"#, matches: [#"{"v": "file.txt.bak"}"#, #"{"v": null}"#],
        drops: [#"{"v": "file.txt"}"#, "{}"]),
      MatchingCase(
        #"{"v": [{"anything-but": {"suffix": [".txt", ".jpg"]}}]}"#, matches: [#"{"v": "a.png"}"#],
        drops: [#"{"v": "a.jpg"}"#, "{}"]),
      MatchingCase(
        #"{"v": [{"anything-but": {"equals-ignore-case": "init"}}]}"#,
        matches: [#"{"v": "pending"}"#, #"{"v": null}"#],
        drops: [#"{"v": "INIT"}"#, "{}"]),
      MatchingCase(
        #"{"v": [{"anything-but": {"equals-ignore-case": ["init", "stopped"]}}]}"#,
        matches: [#"{"v": "pending"}"#, #"{"v": null}"#], drops: [#"{"v": "Stopped"}"#]),
      MatchingCase(
        #"{"v": [{"anything-but": {"wildcard": "*/init/*"}}]}"#,
        matches: [#"{"v": "dir/other/file"}"#, #"{"v": 123}"#],
        drops: [#"{"v": "dir/init/file"}"#, "{}"]),
      MatchingCase(
        #"{"v": [{"anything-but": {"wildcard": ["*/init/*", "*/dir/*"]}}]}"#, matches: [#"{"v": "dir/post/dir"}"#],
        drops: [#"{"v": "dir/init/dir"}"#, #"{"v": "/dir/"}"#, "{}"]),
      MatchingCase(
        #"{"v": [{"anything-but": {"wildcard": ""}}]}"#, matches: [#"{"v": "x"}"#], drops: [#"{"v": ""}"#]),
    ])
  func anythingBut(_ example: MatchingCase) throws { try example.check() }

  @Test(
    "`numeric` compares numbers with six decimals, and nothing else",
    arguments: [
      MatchingCase(
        #"{"v": [{"numeric": [">", 100]}]}"#, matches: [#"{"v": 101.0}"#, #"{"v": 100.000001}"#, #"{"v": 5e9}"#],
        drops: [
          #"{"v": 100}"#, #"{"v": "300"}"#, #"{"v": null}"#, #"{"v": -101}"#, #"{"v": 5000000000.000001}"#,
          #"{"v": 1e400}"#, #"{"v": 101.0000001}"#, "{}",
        ]),
      MatchingCase(#"{"v": [{"numeric": [">=", 100]}]}"#, matches: [#"{"v": 1e2}"#], drops: [#"{"v": 99.999999}"#]),
      MatchingCase(
        #"{"v": [{"numeric": ["<", 10]}]}"#, matches: [#"{"v": 9}"#, #"{"v": -5e9}"#], drops: [#"{"v": 10}"#]),
      MatchingCase(#"{"v": [{"numeric": ["<=", -1]}]}"#, matches: [#"{"v": -1.0}"#], drops: [#"{"v": -0.999999}"#]),
      MatchingCase(#"{"v": [{"numeric": ["=", 301.8]}]}"#, matches: [#"{"v": 3.018e2}"#], drops: [#"{"v": 301.81}"#]),
      MatchingCase(
        #"{"v": [{"numeric": [">", 0, "<=", 5]}]}"#, matches: [#"{"v": 3}"#, #"{"v": 5}"#, #"{"v": 0.000001}"#],
        drops: [#"{"v": 0}"#, #"{"v": 42}"#, #"{"v": 5.000001}"#]),
      MatchingCase(
        #"{"v": [{"numeric": [">=", 100, "<", 200]}]}"#, matches: [#"{"v": 100}"#],
        drops: [#"{"v": 200}"#, #"{"v": 99}"#]),
      MatchingCase(#"{"v": [{"numeric": ["=", -5000000000]}]}"#, matches: [#"{"v": -5e9}"#]),
      // An open range between neighbours is legal and empty.
      MatchingCase(#"{"v": [{"numeric": [">", 1, "<", 1.000001]}]}"#, drops: [#"{"v": 1}"#, #"{"v": 1.000001}"#]),
    ])
  func numeric(_ example: MatchingCase) throws { try example.check() }

  @Test(
    "`exists` sees values, not objects",
    arguments: [
      MatchingCase(
        #"{"v": [{"exists": true}]}"#, matches: [#"{"v": "x"}"#, #"{"v": null}"#, #"{"v": false}"#],
        drops: ["{}", #"{"v": {"x": 1}}"#]),
      MatchingCase(
        #"{"v": [{"exists": false}]}"#, matches: ["{}", #"{"v": {"S": "x"}}"#, #"{"w": 1}"#],
        drops: [#"{"v": "x"}"#, #"{"v": null}"#]),
      MatchingCase(
        #"{"p": {"v": [{"exists": false}]}}"#, matches: ["{}", #"{"p": {}}"#, #"{"p": 1}"#],
        drops: [#"{"p": {"v": 1}}"#]),
      MatchingCase(
        #"{"p": {"v": [{"anything-but": ["roses"]}, {"exists": false}]}}"#,
        matches: [#"{"p": {"v": "x"}}"#, #"{"p": {"w": "x"}}"#, #"{"q": {}}"#], drops: [#"{"p": {"v": "roses"}}"#]),
      MatchingCase(
        #"{"v": [{"exists": true}, {"prefix": "no"}, {"suffix": "no"}]}"#, matches: [#"{"v": "x"}"#], drops: ["{}"]),
    ])
  func exists(_ example: MatchingCase) throws { try example.check() }

  @Test(
    "`cidr` takes addresses of its own version",
    arguments: [
      MatchingCase(
        #"{"v": [{"cidr": "10.0.0.0/24"}]}"#, matches: [#"{"v": "10.0.0.0"}"#, #"{"v": "10.0.0.255"}"#],
        drops: [
          #"{"v": "10.0.0.256"}"#, #"{"v": "10.0.1.0"}"#, #"{"v": 123}"#, #"{"v": "10.0.0"}"#, #"{"v": "10.0.0.1/32"}"#,
          #"{"v": "::ffff:a00:1"}"#, #"{"v": " 10.0.0.1"}"#, #"{"v": "10.0.0.1."}"#, #"{"v": ""}"#,
        ]),
      MatchingCase(
        #"{"v": [{"cidr": "10.0.0.77/25"}]}"#, matches: [#"{"v": "10.0.0.1"}"#, #"{"v": "10.0.0.127"}"#],
        drops: [#"{"v": "10.0.0.128"}"#]),
      MatchingCase(
        #"{"v": [{"cidr": "0.0.0.0/0"}]}"#, matches: [#"{"v": "255.255.255.255"}"#], drops: [#"{"v": "::"}"#]),
      MatchingCase(
        #"{"v": [{"cidr": "2001:db8:1234:1a00::/64"}]}"#,
        matches: [
          #"{"v": "2001:0db8:1234:1a00:0000:0000:0000:0000"}"#, #"{"v": "2001:DB8:1234:1A00::ffff"}"#,
          #"{"v": "2001:db8:1234:1a00:1:2:3:4"}"#,
        ],
        drops: [
          #"{"v": "2001:0db8:123f:1a01:0000:0000:0000:0000"}"#, #"{"v": "2001:db8:1234:1a00"}"#,
          #"{"v": "2001:db8::1234:1a00::"}"#, #"{"v": "2001:db8:1234:1a00:1:2:3:4:5"}"#,
          #"{"v": "2001:db8:1234:1a00::1%eth0"}"#, #"{"v": "2001:db8:1234:1a00:::1"}"#,
        ]),
      MatchingCase(
        #"{"v": [{"cidr": "::/1"}]}"#, matches: [#"{"v": "::"}"#, #"{"v": "::1"}"#, #"{"v": "7fff::"}"#],
        drops: [#"{"v": "8000::"}"#, #"{"v": ":"}"#, #"{"v": ":1"}"#, #"{"v": "1:"}"#, #"{"v": "0.0.0.0"}"#]),
    ])
  func cidr(_ example: MatchingCase) throws { try example.check() }
}
