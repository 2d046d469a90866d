// The yardstick of deliveries from streams: the least that reads shards and posts their batches to a function. Each
// shard is read as Headrace does, one answer ahead while events are posted, and its lanes post side by side, one event
// at a time each. It signs nothing, parses nothing but Content-Length, keeps no checkpoint, looks at no answer, and
// sends prebuilt bytes: the events are as long as Lambda's with the records of MemoryAWS.
//
// bare_stream_loop PORT kinesis|dynamodb SHARDS LIMIT LANES RECORDS  →  runs until it is ended.
//
// A read gives LIMIT records, which fill the lanes evenly, and an event has RECORDS of them.

#include <inttypes.h>

#include "loop.h"
#include "records.h"

struct lane {
  struct connection connection;  // the first member: a connection that is no reader is a lane
  int waiting;                   // records that no event has had yet
};

struct shard {
  struct text read_request;
  struct connection reader;
  struct lane *lanes;
  int waiting, posting;  // records of all lanes, and events under way
};

static int limit, lanes, records;
static enum service service;
static struct text post_request;

// Requests.

static struct text read_of(int shard, int shards) {
  char start[128], text[256];
  snprintf(start, sizeof start, "POST / HTTP/1.1\r\nHost: %s\r\n", host);
  // The same place again and again: nobody looks at the records.
  snprintf(
      text, sizeof text, "{\"ShardIterator\":\"" ITERATOR "\",\"Limit\":%d}", 'E', shards, shard, (uint64_t)0, limit);
  struct text body = {0};
  append(&body, text);
  return with_head(
      start,
      service == KINESIS
          ? "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: Kinesis_20131202.GetRecords\r\n"
          : "Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: DynamoDBStreams_20120810.GetRecords\r\n",
      &body);
}

static struct text post_of(int shards) {
  char start[128], stream[64];
  snprintf(start, sizeof start, "POST /function HTTP/1.1\r\nHost: %s\r\n", host);
  snprintf(stream, sizeof stream, "endless-%d", shards);
  struct text event = {0};
  append(&event, "{\"Records\":[");
  for (int record = 0; record < records; record++) {
    if (record) append(&event, ",");
    append_delivered(&event, service, stream, 0, record);
  }
  append(&event, "]}");
  return with_head(start, "Content-Type: application/json\r\n", &event);
}

// Shards.

static void post(struct shard *shard, struct lane *lane) {
  if (lane->connection.request || lane->waiting < records) return;
  lane->waiting -= records;
  shard->waiting -= records;
  shard->posting++;
  start_request(&lane->connection, &post_request);
}

static void read_ahead(struct shard *shard) {
  // Where no lane has enough for an event, waiting would be for ever.
  if (!shard->reader.request && (shard->waiting < limit || !shard->posting))
    start_request(&shard->reader, &shard->read_request);
}

static void finish_read(struct shard *shard) {
  shard->waiting += limit;
  for (int index = 0; index < lanes; index++) {
    // What does not divide goes to the first lanes.
    shard->lanes[index].waiting += limit / lanes + (index < limit % lanes);
    post(shard, &shard->lanes[index]);
  }
}

static void finish(struct connection *connection) {
  struct shard *shard = connection->owner;
  if (connection == &shard->reader) {
    finish_read(shard);
  } else {
    shard->posting--;
    post(shard, (struct lane *)connection);
  }
  read_ahead(shard);
}

int main(int argc, char **argv) {
  int numbers[7] = {0};
  for (int index = 1; index < argc && index < 7; index++) numbers[index] = atoi(argv[index]);
  int port = numbers[1], shards = numbers[3];
  limit = numbers[4];
  lanes = numbers[5];
  records = numbers[6];
  bool is_kinesis = argc == 7 && !strcmp(argv[2], "kinesis"), is_dynamodb = argc == 7 && !strcmp(argv[2], "dynamodb");
  if ((!is_kinesis && !is_dynamodb) || port < 1 || shards < 1 || limit < 1 || lanes < 1 || records < 1) {
    fprintf(stderr, "usage: bare_stream_loop PORT kinesis|dynamodb SHARDS LIMIT LANES RECORDS\n");
    return 2;
  }
  service = is_kinesis ? KINESIS : DYNAMODB;
  begin_loop(port);
  post_request = post_of(shards);
  struct shard *all = calloc((size_t)shards, sizeof *all);
  if (!all) fail("calloc");
  for (int index = 0; index < shards; index++) {
    struct shard *shard = &all[index];
    shard->read_request = read_of(index, shards);
    shard->lanes = calloc((size_t)lanes, sizeof *shard->lanes);
    if (!shard->lanes) fail("calloc");
    open_connection(&shard->reader, shard);
    for (int lane = 0; lane < lanes; lane++) open_connection(&shard->lanes[lane].connection, shard);
    read_ahead(shard);
  }
  run_loop(finish);
}
