import Testing

@testable import EventSources

@Suite struct S3ObjectKeyTests {
  /// A key and how S3 writes it.
  @Test(arguments: [
    ("HappyFace.jpg", "HappyFace.jpg"), ("red flower.jpg", "red+flower.jpg"),
    ("in/ä b+c%.txt", "in/%C3%A4+b%2Bc%25.txt"),
    ("AZaz09.-*_/", "AZaz09.-*_/"), ("a@b=c", "a%40b%3Dc"),
    ("~!'()&$;:,?\"\\", "%7E%21%27%28%29%26%24%3B%3A%2C%3F%22%5C"),
    ("%20", "%2520"), ("\u{0}\n\u{7f}", "%00%0A%7F"), ("", ""), ("日本/😀", "%E6%97%A5%E6%9C%AC/%F0%9F%98%80"),
    // Two texts of one look are two keys.
    ("\u{e9}", "%C3%A9"), ("e\u{301}", "e%CC%81"),
  ])
  func keyIsEncodedAndReadBack(key: String, encoded: String) {
    #expect(S3ObjectKey.encoded(key) == encoded)
    #expect(Array(S3ObjectKey.decoded(encoded).utf8) == Array(key.utf8))
    #expect(Array(S3ObjectKey.normalized(encoded).utf8) == Array(encoded.utf8))
  }

  /// Keys of servers that encode in their own way, what S3 would have written, and what both mean.
  @Test(arguments: [
    // moto encodes slashes; all three of ministack, moto and roto encode `*` and leave `~`.
    ("in%2F%C3%A4+b%2Bc%25.txt", "in/%C3%A4+b%2Bc%25.txt", "in/ä b+c%.txt"),
    ("s/-._~%2A%21", "s/-._%7E*%21", "s/-._~*!"),
    // As RFC 3986 writes spaces, and in lower case.
    ("a%20b", "a+b", "a b"), ("a%c3%a4%2fb", "a%C3%A4/b", "aä/b"), ("a@b:c=d&e", "a%40b%3Ac%3Dd%26e", "a@b:c=d&e"),
    // Not encoded at all, as a space, a letter or a percent sign shows.
    ("in/ä b+c%.txt", "in/%C3%A4+b%2Bc%25.txt", "in/ä b+c%.txt"), ("a b+c", "a+b%2Bc", "a b+c"),
    ("100%+1", "100%25%2B1", "100%+1"), ("100%", "100%25", "100%"), ("100%4", "100%254", "100%4"),
    ("100%zz%20", "100%25zz%2520", "100%zz%20"), ("ä%20", "%C3%A4%2520", "ä%20"),
    // Escapes of what is not UTF-8.
    ("a%FF", "a%25FF", "a%FF"), ("a%C3+", "a%25C3%2B", "a%C3+"),
  ])
  func keyOfAnotherFormIsRewritten(key: String, normalized: String, decoded: String) {
    #expect(S3ObjectKey.normalized(key) == normalized)
    #expect(S3ObjectKey.decoded(key) == decoded)
    #expect(S3ObjectKey.normalized(normalized) == normalized)
    #expect(S3ObjectKey.decoded(normalized) == decoded)
  }
}
