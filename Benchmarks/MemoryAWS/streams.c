// Streams: Kinesis and DynamoDB Streams as their JSON protocols have them, so far as reading by GetRecords needs it.
//
// An iterator tells all about itself (ITERATOR), so that an endless shard needs no memory of its own. Answers with
// records are built once and lent to the connections: one that is being sent must not get other numbers meanwhile.

#include <inttypes.h>

#include "../records.h"
#include "memory_aws.h"

#define REQUEST_ID "x-amzn-RequestId: 3f2b8c70-91d4-5e6a-8b1c-0d7e4a59f263\r\n"

static const char *const fields[] = {
    [KINESIS] = "Content-Type: application/x-amz-json-1.1\r\n" REQUEST_ID,
    [DYNAMODB] = "Content-Type: application/x-amz-json-1.0\r\n" REQUEST_ID,
};

enum { MOST_SHARDS = 1000, BEHIND_MILLISECONDS = 5000 };

struct stream {
  enum service service;
  bool endless;
  int shards;
  uint64_t *written;  // by shard, the records that were released to it
  struct stream *next;
};

// The answer of so many records, whatever their numbers.
struct form {
  enum service service;
  bool behind;
  int records;
  struct text message;
  size_t *numbers, iterator;  // their places in it
  struct copy *unused;
  struct form *next;
};

struct copy {
  struct form *form;
  struct copy *next;
  char bytes[];
};

static struct stream *streams;
static struct form *forms;

// A stream is known by its kind and its number of shards.
static struct stream *stream_of(enum service service, bool endless, int shards) {
  if (shards < 1 || shards > MOST_SHARDS) return NULL;
  for (struct stream *stream = streams; stream; stream = stream->next) {
    if (stream->service == service && stream->endless == endless && stream->shards == shards) return stream;
  }
  struct stream *stream = calloc(1, sizeof *stream);
  if (!stream) fail("calloc");
  *stream = (struct stream){.service = service, .endless = endless, .shards = shards, .next = streams};
  stream->written = calloc((size_t)shards, sizeof *stream->written);
  if (!stream->written) fail("calloc");
  return streams = stream;
}

// endless-N or idle-N, whatever follows.
static struct stream *stream_named(enum service service, const char *name) {
  static const char endless[] = "endless-", idle[] = "idle-";
  if (!strncmp(name, endless, strlen(endless))) return stream_of(service, true, atoi(name + strlen(endless)));
  if (!strncmp(name, idle, strlen(idle))) return stream_of(service, false, atoi(name + strlen(idle)));
  return NULL;
}

static struct stream *stream_in(enum service service, const char *body) {
  const char *value = field(body, service == KINESIS ? "\"StreamARN\"" : "\"StreamArn\"");
  const char *before = service == KINESIS ? ":stream/" : ":table/";
  const char *name = value ? strstr(value, before) : NULL;
  return name ? stream_named(service, name + strlen(before)) : NULL;
}

// Reading.

static struct form *form_of(enum service service, bool behind, int records) {
  for (struct form *form = forms; form; form = form->next) {
    if (form->service == service && form->behind == behind && form->records == records) return form;
  }
  struct form *form = calloc(1, sizeof *form);
  if (!form) fail("calloc");
  *form = (struct form){.service = service, .behind = behind, .records = records, .next = forms};
  form->numbers = calloc((size_t)records + 1, sizeof *form->numbers);
  if (!form->numbers) fail("calloc");

  struct text body = {0};
  append(&body, "{\"Records\":[");
  for (int record = 0; record < records; record++) {
    if (record) append(&body, ",");
    size_t start = body.length;
    append_given(&body, service, record);
    form->numbers[record] = (size_t)(strstr(body.bytes + start, POSITION) - body.bytes);
  }
  append(&body, "],\"NextShardIterator\":\"");
  form->iterator = body.length;
  for (int index = 0; index < ITERATOR_LENGTH; index++) append(&body, " ");
  append(&body, "\"");
  char lag[64];
  snprintf(lag, sizeof lag, ",\"MillisBehindLatest\":%d", behind ? BEHIND_MILLISECONDS : 0);
  if (service == KINESIS) append(&body, lag);
  append(&body, "}");

  form->message = with_head(OK, fields[service], &body);
  size_t head = form->message.length - body.length;
  for (int record = 0; record < records; record++) form->numbers[record] += head;
  form->iterator += head;
  free(body.bytes);
  return forms = form;
}

static struct copy *borrow(struct form *form) {
  struct copy *copy = form->unused;
  if (copy) {
    form->unused = copy->next;
    return copy;
  }
  copy = malloc(sizeof *copy + form->message.length);
  if (!copy) fail("malloc");
  copy->form = form;
  memcpy(copy->bytes, form->message.bytes, form->message.length);
  return copy;
}

static void give_back(void *lent) {
  struct copy *copy = lent;
  copy->next = copy->form->unused;
  copy->form->unused = copy;
}

static void write_iterator(char *place, const struct stream *stream, int shard, uint64_t position) {
  char text[2 * ITERATOR_LENGTH];
  snprintf(text, sizeof text, ITERATOR, stream->endless ? 'E' : 'I', stream->shards, shard, position);
  memcpy(place, text, ITERATOR_LENGTH);
}

static void number(struct copy *copy, uint64_t position) {
  char digits[POSITION_DIGITS + 1];
  snprintf(digits, sizeof digits, "%012" PRIu64, position);
  for (int record = 0; record < copy->form->records; record++) {
    memcpy(copy->bytes + copy->form->numbers[record], digits, POSITION_DIGITS);
    int digit = POSITION_DIGITS - 1;
    for (; digit > 0 && digits[digit] == '9'; digit--) digits[digit] = '0';
    digits[digit]++;
  }
}

// False: there is no such iterator.
static bool get_records(struct connection *connection, enum service service, const char *body) {
  const char *iterator = field(body, "\"ShardIterator\"");
  char kind;
  int shards, shard;
  uint64_t position;
  if (!iterator || sscanf(iterator, "\"%c-%d-%d-%" SCNu64, &kind, &shards, &shard, &position) != 4) return false;
  struct stream *stream = stream_of(service, kind == 'E', shards);
  if (!stream || shard < 0 || shard >= shards) return false;
  int records = integer(body, "\"Limit\"", 1, most_records[service], most_records[service]);
  if (!stream->endless) {
    uint64_t left = stream->written[shard] > position ? stream->written[shard] - position : 0;
    if (left < (uint64_t)records) records = (int)left;
  }
  struct copy *copy = borrow(form_of(service, stream->endless, records));
  number(copy, position);
  write_iterator(copy->bytes + copy->form->iterator, stream, shard, position + (uint64_t)records);
  counts.reads++;
  counts.messages += (uint64_t)records;
  answer_lent(connection, copy->bytes, copy->form->message.length, give_back, copy);
  return true;
}

// The other operations.

static int shard_in(const struct stream *stream, const char *body) {
  static const char before[] = "\"shardId-";
  const char *value = field(body, "\"ShardId\"");
  if (!value || strncmp(value, before, strlen(before))) return -1;
  int shard = atoi(value + strlen(before));
  return shard < stream->shards ? shard : -1;
}

// The place that a sequence number names by its last digits, or the one behind it; else the shard's end for LATEST, and
// its beginning for all other types, a time included.
static uint64_t position_in(const struct stream *stream, int shard, const char *body) {
  const char *type = field(body, "\"ShardIteratorType\"");
  const char *value = field(body, stream->service == KINESIS ? "\"StartingSequenceNumber\"" : "\"SequenceNumber\"");
  if (type && !strncmp(type, "\"LATEST\"", strlen("\"LATEST\""))) return stream->written[shard];
  size_t length = value ? strspn(value + 1, "0123456789") : 0;
  if (length < POSITION_DIGITS) return 0;
  bool after = type && !strncmp(type, "\"AFTER", strlen("\"AFTER"));
  return strtoull(value + 1 + length - POSITION_DIGITS, NULL, 10) + (after ? 1 : 0);
}

static bool get_shard_iterator(struct connection *connection, const struct stream *stream, const char *request) {
  int shard = shard_in(stream, request);
  if (shard < 0) return false;
  char iterator[ITERATOR_LENGTH + 1] = "";
  write_iterator(iterator, stream, shard, position_in(stream, shard, request));
  struct text body = {0};
  append(&body, "{\"ShardIterator\":\"");
  append(&body, iterator);
  append(&body, "\"}");
  answer_text(connection, OK, fields[stream->service], &body);
  return true;
}

static void append_shards(struct text *body, const struct stream *stream) {
  append(body, "\"Shards\":[");
  for (int shard = 0; shard < stream->shards; shard++) {
    append(body, shard ? ",{\"ShardId\":\"" : "{\"ShardId\":\"");
    append_shard(body, stream->service, shard);
    append(body, "\",\"SequenceNumberRange\":{\"StartingSequenceNumber\":\"0\"}}");
  }
  append(body, "]");
}

static void describe(struct connection *connection, const struct stream *stream, const char *member, bool with_shards) {
  struct text body = {0};
  append(&body, "{\"");
  append(&body, member);
  append(&body, "\":{\"StreamStatus\":\"ACTIVE\"");
  if (with_shards) append(&body, ",");
  if (with_shards) append_shards(&body, stream);
  append(&body, "}}");
  answer_text(connection, OK, fields[stream->service], &body);
}

static void list_shards(struct connection *connection, const struct stream *stream) {
  struct text body = {0};
  append(&body, "{");
  append_shards(&body, stream);
  append(&body, "}");
  answer_text(connection, OK, fields[stream->service], &body);
}

static void serve(struct connection *connection, enum service service, const char *operation, const char *body) {
  bool is_read = is_token(operation, "GetRecords");
  struct stream *stream = is_read ? NULL : stream_in(service, body);
  bool found = true;
  if (is_read) found = get_records(connection, service, body);
  else if (!stream) found = false;
  else if (is_token(operation, "GetShardIterator")) found = get_shard_iterator(connection, stream, body);
  else if (service == KINESIS && is_token(operation, "DescribeStreamSummary"))
    describe(connection, stream, "StreamDescriptionSummary", false);
  else if (service == KINESIS && is_token(operation, "ListShards")) list_shards(connection, stream);
  else if (is_token(operation, "DescribeStream")) describe(connection, stream, "StreamDescription", true);
  else
    refuse(
        connection, BAD_REQUEST, fields[service], "UnknownOperationException",
        "This is no operation that reading a stream needs.");
  if (found) return;
  refuse(
      connection, BAD_REQUEST, fields[service], "ResourceNotFoundException", "No stream, shard or iterator is named.");
}

void serve_kinesis(struct connection *connection, const char *operation, const char *body) {
  serve(connection, KINESIS, operation, body);
}

void serve_dynamodb_streams(struct connection *connection, const char *operation, const char *body) {
  serve(connection, DYNAMODB, operation, body);
}

// Releasing.

struct shard_place find_shard(const char *name) {
  static const char kinesis[] = "kinesis/", dynamodb[] = "dynamodb/";
  struct stream *stream = NULL;
  if (!strncmp(name, kinesis, strlen(kinesis))) stream = stream_named(KINESIS, name + strlen(kinesis));
  if (!strncmp(name, dynamodb, strlen(dynamodb))) stream = stream_named(DYNAMODB, name + strlen(dynamodb));
  const char *slash = stream ? strchr(strchr(name, '/') + 1, '/') : NULL;
  int shard = slash ? atoi(slash + 1) : -1;
  if (shard < 0 || shard >= stream->shards || stream->endless) return (struct shard_place){0};
  return (struct shard_place){stream, shard};
}

void add_record(struct shard_place place) {
  place.stream->written[place.shard]++;
  // A stream holds no read back until there is something: the wait for the next one counts.
  note_given(place.stream);
}
