/// Messages as SNS signs them, and what they are verified with.
///
/// Keys, certificates and signatures were made with OpenSSL 3.0, and the keys thrown away:
///
///     openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -days 36500 -subj /CN=sns.test
///     printf 'Message\nhello\nMessageId\n…' | openssl dgst -sha256 -sign key.pem | base64 -w 0
///
/// with `-sha1` for version 1, and `-newkey ec -pkeyopt ec_paramgen_curve:P-256` or `-newkey rsa:1024` for the
/// certificates that are not to be used.
enum SNSSignedMessage {
  static let certificateURL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b2c.pem"
  static let topicARN = "arn:aws:sns:eu-west-1:123456789012:orders"

  static let notification = [
    "Message": "{\"order\":17}",
    "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    "Timestamp": "2027-01-02T03:04:05.678Z",
    "TopicArn": topicARN,
    "Type": "Notification",
    "SignatureVersion": "1",
    "SigningCertURL": certificateURL,
    "Signature": """
    UhP2gh2p8Ol9660IwSsQqJ1o6BUy/0/yV6XbZIdORb+ViTzoVTETRwoQmJCNnaXrNjThf6Eapr6H0xa5cr0irbWCtMhqND9uJ9x4\
    R0WfKiI7A5ZA2XpJeQLfTeOermRVg8FHWjvWiJIFMLJnUOxmbYbMitwM8XX0RI3QzCI+Be4qj76AkwZB7ayZ8Oi7s3SZ826tUAch\
    B+nq17lsTeVgxeGqeW+dJ8OS7HtnEPytBR1BD37rGHruBJT+2If4SE0aRKV8iLrBc+zx8KAwpPojgUoZ2/Db7cV93mitllTwH66L\
    HetdSv0yAl086DXHuv+OoGPUZG/U8m1cOCAowV2FeA==
    """,
  ]

  static let notificationWithSubject = [
    "Message": "zwei\nZeilen, \"ü\" 😀\n",
    "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    "Subject": "Größe",
    "Timestamp": "2027-01-02T03:04:05.678Z",
    "TopicArn": topicARN,
    "Type": "Notification",
    "SignatureVersion": "2",
    "SigningCertURL": certificateURL,
    "Signature": """
    KU7Idk1ZjNtpX4/XpCLXQix442i64785Z7AiiOT504mTs7bwy0DbQppn3YyvdvR68xmg19avmt8JL+EDG6pY7E4lBKy5bWIh531W\
    hIipJjBwqvdn/6z6rVjk/cPYjtwOY9XFRq+p2ah8vXOqRq2guFAk4sNRKAvglbqmOkqKilEARTr8L5HuN1J+FmK4pe3ya/HLzHDd\
    qFmAj3hnLLeGzm5gkfBTgBXS4qBbH3f/2uP3RXkhPl0ScJrdlReeoSVQqmCZPlJBFAqsVVF+sVCaxdNPQKqBKSR3aNyf+c6ZJAtC\
    AvBW0+7zCLL2q0UCWJs5A0+1wxk1u6HkyWWAAV5d8g==
    """,
  ]

  static let subscriptionConfirmation = [
    "Message": "You have chosen to subscribe to the topic \(topicARN).\nTo confirm the subscription, visit "
      + "the SubscribeURL included in this message.",
    "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    "SubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"
      + "&TopicArn=\(topicARN)&Token=2336412f37f",
    "Timestamp": "2027-01-02T03:04:05.678Z",
    "Token": "2336412f37f",
    "TopicArn": topicARN,
    "Type": "SubscriptionConfirmation",
    "SignatureVersion": "1",
    "SigningCertURL": certificateURL,
    "Signature": """
    c1CcKbB5IR5asO1sFLDQEe8XKOTqTrNDLX5R/vAd03HgWQfs5wPI29Q0sk/q8tin7vJLojBJ3prwlM/QNLSMNvfExiLTBqQT/Csk\
    2n3gB2tukmgYv7R4qpQ8oTy3TIu4C2n8mbwv0sweSTl2YEA0OF2X9lPD7Ip92K1aUxZfSa/5xtntjuBGubG9jr20MR0dVCZqI95W\
    ahDP8fb++GkBFy0ns3gV+hY3qUAV80bDwDE/gohzTwWyhxxW4VWm9jiuajVBuh+BAydKGoyi/NzvFGBeKOSSKGRau6PzjjYA8VUa\
    xS7aXDdQhaDdOR/jAdEQde/vgbqPR1k5BpayPnedMA==
    """,
  ]

  static let unsubscribeConfirmation = [
    "Message": "You have chosen to deactivate subscription \(topicARN):1a-2b.",
    "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    "SubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"
      + "&TopicArn=\(topicARN)&Token=2336412f37f",
    "Timestamp": "2027-01-02T03:04:05.678Z",
    "Token": "2336412f37f",
    "TopicArn": topicARN,
    "Type": "UnsubscribeConfirmation",
    "SignatureVersion": "2",
    "SigningCertURL": certificateURL,
    "Signature": """
    JmCG3IPeMrV02MP6AKmBNBxCztWdNKCR/AiKFrcDIAi7fq0yQDC5RCc/dB2jhNldG8/I3pD2WomCLiPSUi3xfNRDaRNZwKYdT8dg\
    l9+ELvab56vuF0gaMXuPrcS9ko/00aXjQVWl0r45De3GHYVOEdAIxS8/VXBARQ61S+34mZMNzgsmMcVT+uZjZYkUOhZd/cMO3Ybt\
    uuYhh78ZDmZQzohKGFoDLgkmRcQqm4si6GYOt92zeJK8ea0qC0521HuWTvmYoi3aBuHB6ha+FLUaO93GxEYFTyoBP4/lPr6TRbeS\
    Wbnj7r3N26AWDLP/bifjayMxzReKcIQIoPOAfmXuBw==
    """,
  ]

  static let all = [notification, notificationWithSubject, subscriptionConfirmation, unsubscribeConfirmation]

  /// Valid from 2026-11-24 to 2126-10-31.
  static let certificate = """
    -----BEGIN CERTIFICATE-----
    MIIDCTCCAfGgAwIBAgIUeX++sziKqnrR05RfUsqMO0Q55g8wDQYJKoZIhvcNAQEL
    BQAwEzERMA8GA1UEAwwIc25zLnRlc3QwIBcNMjYxMTI0MjE1MzM3WhgPMjEyNjEw
    MzEyMTUzMzdaMBMxETAPBgNVBAMMCHNucy50ZXN0MIIBIjANBgkqhkiG9w0BAQEF
    AAOCAQ8AMIIBCgKCAQEAsxTgmk9q4jZm3Jz7ZE9p7dqb5gZ6Ga3eZcLenwOgmf4N
    IL0ExjR5RNtIqCaM3qanOocAHiuJ3wiHWurnn3W9J0/eazESeFFRnwilsAwp3bxa
    1/f6qy1WhX9o9n8Tf9eeWDzTlhWzGiZ0pCOKk0WtLIWlwsqBLO3nmCsPKPQuBnxE
    aL7z+/R6tPy6XJ4Jq4DHLQPqzD/SumZH7jb2iMRH5QHgm83oLedeeFngYQw41QhV
    CSEFXKo01mhDQ6dYsjqCC/9yai7ckRPLE9NgsSpBPJHuozymR+6eX2nv929eWlib
    rrBrFycDpQNTQ08h62wDYQDKT5UCyR9+4cfwAgxx3QIDAQABo1MwUTAdBgNVHQ4E
    FgQUInAy/5J0y2dYBUKBaRe2sQ/flY4wHwYDVR0jBBgwFoAUInAy/5J0y2dYBUKB
    aRe2sQ/flY4wDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOCAQEAEPki
    Tx225kX7t+VbcMf2EQuNAYOZT+UKXC7gUpYJpK8PtnMHIbTA/y/ldR2v2P1pYp3b
    DVKjA1mgIlNACnGrsoPFg5SsEzE7tWixS7Cw7k0BQwIgT63zFEdtjyCofQ4gDfUY
    AaCSQ7k1Mx7wH1KyJRPwJoOzFwfhyHg7joNJtIYQItd/NytD6C3iKFS1pq7nBaxB
    BrHoP/gdmoyEPx/rVlZ3R3i2Yd9BBHo4BY3H97XxHLUZxN+HMLSBvyaTxbmj5Vok
    xvVJBn9G0fL8tiR6qER5u/qLJYpHRnzEFjCc4y/1uNZglsdPmYAt2n0hyzTiOFms
    bRR1iK30xoV0JfA8ew==
    -----END CERTIFICATE-----
    """

  /// Of an elliptic curve.
  static let otherAlgorithm = """
    -----BEGIN CERTIFICATE-----
    MIIBfTCCASOgAwIBAgIUeTTUUM9tx4yg0xslbC+1StUKzeMwCgYIKoZIzj0EAwIw
    EzERMA8GA1UEAwwIc25zLnRlc3QwIBcNMjYxMTI0MjE1MzM3WhgPMjEyNjEwMzEy
    MTUzMzdaMBMxETAPBgNVBAMMCHNucy50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
    AQcDQgAEDl25VRo27U9XkneecnVioqUGCMt4fcPB3GCv9MzM/RpHES+K/50joo/D
    CZODpPAFqjmh2tQUdSVU0CeLhBFeuaNTMFEwHQYDVR0OBBYEFK7ryz1er7+ptoC2
    HMYB2yYdJvdlMB8GA1UdIwQYMBaAFK7ryz1er7+ptoC2HMYB2yYdJvdlMA8GA1Ud
    EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgcB+GWNINzYTvTj12ZaYe03XJ
    MafKVXurhbKoXi5eYjsCIQD8BNG5VgicmoEF17rg+kaJD5yBLw1EbYdr2e6rhg7k
    Xw==
    -----END CERTIFICATE-----
    """

  /// Of 1024 bits.
  static let shortKey = """
    -----BEGIN CERTIFICATE-----
    MIICBDCCAW2gAwIBAgIUE/qJXhMTlDA38g8ev4urb6TuyycwDQYJKoZIhvcNAQEL
    BQAwEzERMA8GA1UEAwwIc25zLnRlc3QwIBcNMjYxMTI0MjE1MzM3WhgPMjEyNjEw
    MzEyMTUzMzdaMBMxETAPBgNVBAMMCHNucy50ZXN0MIGfMA0GCSqGSIb3DQEBAQUA
    A4GNADCBiQKBgQDenHblRh3h5ivi6ImrkqgGim3RCf8WnBwh8CrgEF4otaP/BcPC
    3wld/IJNQt6eiV1WCjyDKmIP4qzftQY2Cpiy5AwndD6BOZ465mAZc9t6d8Xiecs7
    CU2PTNz3jRzBGguL49u9ABMmECSkcs52Pax9LWcJXkCWcGAP7SQABDSpeQIDAQAB
    o1MwUTAdBgNVHQ4EFgQUuh4o3j3JvbiZLqDlstRkm8EYX3owHwYDVR0jBBgwFoAU
    uh4o3j3JvbiZLqDlstRkm8EYX3owDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0B
    AQsFAAOBgQC1ga6q6zkprRd/HqU07kO5hVxFc6gvxmdqdxmni9g1it9MyC9bs2Pe
    QQssokUqngXc9bBNs0QD7wLoCPQ2dyPs6WeOTHHsGHxpkcjxT82gYBDeYIODhqP/
    PMJ09OxfMDUioNI/fQ1Xw7DsT4E/71Zo9mELzgVsHrf+pitLw2u0sw==
    -----END CERTIFICATE-----
    """
}
