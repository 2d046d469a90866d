"""The recorded cases of Kinesis and DynamoDB Streams, played once more: parameters and functions as they were on AWS.

A case is a function that plays it and says what it saw, under the keys of the recording. All that the session's tests
ask about are played at once; tests look at what was seen when all is over, so that what comes late is seen too.
"""
