// The records of MemoryAWS's streams, in the forms in which they travel: as Kinesis and DynamoDB Streams answer them,
// and as the function gets them. The yardstick sends what has the same length, and so both programs take them here.

#ifndef RECORDS_H
#define RECORDS_H

#include <stdbool.h>
#include <inttypes.h>

#include "text.h"

enum service { KINESIS, DYNAMODB };

// Documented: the most records of one GetRecords.
static const int most_records[] = {[KINESIS] = 10000, [DYNAMODB] = 1000};

enum { KEYS = 1000, LANES = 10, POSITION_DIGITS = 12 };

// Where a record's place in its shard goes: the last digits of its sequence number.
#define POSITION "############"
#define SEQUENCE_NUMBER "49671246667567228643283430150187087032206582" POSITION
#define DYNAMODB_SEQUENCE_NUMBER "4421584500000000" POSITION

// Of how many shards the stream has, which of them it is, and the place at which reading goes on.
#define ITERATOR "%c-%04d-%04d-%012" PRIu64
enum { ITERATOR_LENGTH = 24 };

// A time as the source writes it, and as it stands in an event.
#define ARRIVAL "1795532400.123"
#define CREATION "1795532400"
#define CREATION_OF_EVENT "1.7955324E9"

// The names of streams and shards.

static inline void append_arn(struct text *text, enum service service, const char *stream) {
  append(text, service == KINESIS ? "arn:aws:kinesis:us-east-1:" ACCOUNT ":stream/" : "arn:aws:dynamodb:us-east-1:");
  if (service == DYNAMODB) append(text, ACCOUNT ":table/");
  append(text, stream);
  if (service == DYNAMODB) append(text, "/stream/2026-11-24T15:00:00.000");
}

static inline void append_shard(struct text *text, enum service service, int shard) {
  char id[64];
  snprintf(id, sizeof id, service == KINESIS ? "shardId-%012d" : "shardId-%020d-3a7f0042", shard);
  append(text, id);
}

// Keys. Headrace's lanes are its hash of the key's JSON, FNV-1a, modulo their number. The keys are chosen so that each
// of ten lanes gets every tenth record: then a batch is as large as it can be, and the loop knows how large that is.

static inline uint64_t key_hash(const char *bytes) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (; *bytes; bytes++) hash = (hash ^ (unsigned char)*bytes) * 0x100000001b3u;
  return hash;
}

static inline void append_key(struct text *text, enum service service, int record) {
  char key[64];
  for (int suffix = 0; suffix < 1000; suffix++) {
    // MARK is in the key where the key stands once in an event, and where it cannot be in the data, which is base64.
    const char *form = service == KINESIS ? "\"~customer-%04d-%03d\"" : "\"id\"{\"S\":\"customer-%04d-%03d\"}";
    snprintf(key, sizeof key, form, record % KEYS, suffix);
    if (key_hash(key) % LANES != (uint64_t)record % LANES) continue;
    // Of DynamoDB without the attribute's name, which the hash begins with.
    append(text, service == KINESIS ? key : key + strlen("\"id\""));
    return;
  }
  fail("no key for a lane");
}

// What is in a record: 1 KB.

// 1,024 bytes in base64.
static inline const char *data(void) {
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  static struct text text;
  if (text.length) return text.bytes;
  uint32_t state = 104729;
  for (int index = 0; index < 1365; index++) {
    state = state * 1664525u + 1013904223u;
    append_bytes(&text, &alphabet[state >> 26], 1);
  }
  append(&text, "A==");
  return text.bytes;
}

// The image of an item, about 1,024 bytes by DynamoDB's count; MARK is in it.
static inline void append_image(struct text *text, int record) {
  append(text, "{\"id\":");
  append_key(text, DYNAMODB, record);
  append(text, ",\"status\":{\"S\":\"~placed\"},\"quantity\":{\"N\":\"42\"},\"note\":{\"S\":\"");
  for (int index = 0; index < 54; index++) append(text, "Leave at the door.");
  append(text, "\"}}");
}

// The part of a record's change that stands in both forms behind the time.
static inline void append_change(struct text *text, int record) {
  append(text, ",\"Keys\":{\"id\":");
  append_key(text, DYNAMODB, record);
  append(text, "},\"NewImage\":");
  append_image(text, record);
  append(text, ",\"SequenceNumber\":\"" DYNAMODB_SEQUENCE_NUMBER "\",\"SizeBytes\":1037,");
  append(text, "\"StreamViewType\":\"NEW_IMAGE\"}");
}

#define BEFORE_TIME                                                                                       \
  "{\"eventID\":\"c4ca4238a0b923820dcc509a6f75849b\",\"eventName\":\"INSERT\",\"eventVersion\":\"1.1\","  \
  "\"eventSource\":\"aws:dynamodb\",\"awsRegion\":\"us-east-1\",\"dynamodb\":{\"ApproximateCreationDateTime\":"

// An element of `Records` as GetRecords gives it.
static inline void append_given(struct text *text, enum service service, int record) {
  if (service == KINESIS) {
    append(text, "{\"SequenceNumber\":\"" SEQUENCE_NUMBER "\",\"ApproximateArrivalTimestamp\":" ARRIVAL ",");
    append(text, "\"Data\":\"");
    append(text, data());
    append(text, "\",\"PartitionKey\":");
    append_key(text, KINESIS, record);
  } else {
    append(text, BEFORE_TIME CREATION);
    append_change(text, record);
  }
  append(text, "}");
}

// An element of `Records` as the function gets it.
static inline void append_delivered(
    struct text *text, enum service service, const char *stream, int shard, int record) {
  if (service == KINESIS) {
    append(text, "{\"kinesis\":{\"kinesisSchemaVersion\":\"1.0\",\"partitionKey\":");
    append_key(text, KINESIS, record);
    append(text, ",\"sequenceNumber\":\"" SEQUENCE_NUMBER "\",\"data\":\"");
    append(text, data());
    append(text, "\",\"approximateArrivalTimestamp\":" ARRIVAL "},\"eventSource\":\"aws:kinesis\",");
    append(text, "\"eventVersion\":\"1.0\",\"eventID\":\"");
    append_shard(text, KINESIS, shard);
    append(text, ":" SEQUENCE_NUMBER "\",\"eventName\":\"aws:kinesis:record\",");
    append(text, "\"invokeIdentityArn\":\"arn:aws:iam::" ACCOUNT ":role/headrace\",\"awsRegion\":\"us-east-1\"");
  } else {
    append(text, BEFORE_TIME CREATION_OF_EVENT);
    append_change(text, record);
  }
  append(text, ",\"eventSourceARN\":\"");
  append_arn(text, service, stream);
  append(text, "\"}");
}

#endif
