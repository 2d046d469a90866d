import JSON
import Testing

@testable import Templates

/// Notifications of buckets: several mappings of one resource.
@Suite struct BucketNotificationStackTests {
  let world = FakeWorld()

  static func template(_ configurations: [JSONValue], managed: JSONValue? = nil) -> JSONValue {
    var properties = [
      JSONMember("BucketName", "photos"),
      JSONMember("NotificationConfiguration", ["LambdaFunctionConfigurations": .array(configurations)]),
    ]
    if let managed { properties.append(JSONMember("Managed", managed)) }
    return [
      "Resources": ["Notifications": ["Type": "Custom::S3BucketNotifications", "Properties": .object(properties)]]
    ]
  }

  static func configuration(_ event: String, prefix: String) -> JSONValue {
    [
      "Events": .array([.string(event)]), "LambdaFunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:f",
      "Filter": ["Key": ["FilterRules": [["Name": "prefix", "Value": .string(prefix)]]]],
    ]
  }

  func apply(_ template: JSONValue) async throws {
    _ = try await world.stacks().apply(Stacks.Application(identity: StackTests.identity, document: template))
  }

  static let created = configuration("s3:ObjectCreated:*", prefix: "in/")
  static let removed = configuration("s3:ObjectRemoved:*", prefix: "in/")

  @Test func eachConfigurationIsAMapping() async throws {
    try await apply(Self.template([Self.created, Self.removed]))
    #expect(
      Set(world.mappings.values.map { $0["S3EventSourceConfig"]?["Events"]?.text }) == [
        #"["s3:ObjectCreated:*"]"#, #"["s3:ObjectRemoved:*"]"#,
      ])
    #expect(world.mappings.values.allSatisfy { $0["EventSourceArn"] == "arn:aws:s3:::photos" })
  }

  @Test func configurationsThatChangePlacesAreNotTouched() async throws {
    try await apply(Self.template([Self.created, Self.removed]))
    _ = world.takeCalls()
    try await apply(Self.template([Self.removed, Self.created]))
    #expect(world.takeCalls() == [])
  }

  @Test func oneThatIsChangedAloneIsChangedInPlace() async throws {
    try await apply(Self.template([Self.created, Self.removed]))
    _ = world.takeCalls()
    try await apply(Self.template([Self.configuration("s3:ObjectCreated:*", prefix: "other/"), Self.removed]))
    #expect(world.takeCalls() == ["update mapping f photos"])
  }

  @Test func whereSeveralChangeTheOldOnesGoFirst() async throws {
    try await apply(
      Self.template([
        Self.configuration("s3:ObjectCreated:*", prefix: "a"), Self.configuration("s3:ObjectCreated:*", prefix: "b"),
      ]))
    _ = world.takeCalls()
    try await apply(
      Self.template([
        Self.configuration("s3:ObjectCreated:*", prefix: "b/"), Self.configuration("s3:ObjectCreated:*", prefix: "c"),
      ]))
    let calls = world.takeCalls().map { String($0.prefix(6)) }
    #expect(calls == ["delete", "delete", "create", "create"])
    #expect(world.mappings.count == 2)
  }

  @Test(
    arguments: [(nil, false), (true, false), ("true", false), (false, true), ("false", true)] as [(JSONValue?, Bool)])
  func theBucketsOtherMappingsStayOnlyWhereItIsNotManaged(managed: JSONValue?, stays: Bool) async throws {
    let id = world.addForeignMapping(["EventSourceArn": "arn:aws:s3:::photos", "FunctionName": "g"])
    try await apply(Self.template([Self.created], managed: managed))
    #expect((world.mappings[id] != nil) == stays)
    #expect(world.mappings.count == (stays ? 2 : 1))
  }

  @Test func aMappingThatWasReplacedIsThereAgainWhenTheApplicationFails() async throws {
    let foreign: JSONValue = ["EventSourceArn": "arn:aws:s3:::photos", "FunctionName": "g"]
    let id = world.addForeignMapping(foreign)
    world.fail("create mapping f photos")
    await #expect(throws: StackError.self) { try await self.apply(Self.template([Self.created])) }
    #expect(world.mappings == [id: foreign])
  }
}
