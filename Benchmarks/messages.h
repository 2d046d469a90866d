// The messages of MemoryAWS, in the forms in which they travel: as SQS answers them, as the function gets them, and as
// they are deleted. The yardstick sends what has the same length, so both programs take them from here.

#ifndef MESSAGES_H
#define MESSAGES_H

#include "text.h"

// MARK stands in it.
#define BODY                                                                                                       \
  "{\"order\":\"~2f9c1e\",\"customer\":\"customer-104729\",\"placedAt\":\"2026-11-24T15:00:00.123Z\",\"lines\":["  \
  "{\"sku\":\"HR-0042\",\"quantity\":2,\"price\":1999},{\"sku\":\"HR-1701\",\"quantity\":1,\"price\":450}],"       \
  "\"currency\":\"EUR\"}"
// Of BODY: a client may verify it.
#define MD5_OF_BODY "4e6e2bb8a8a341e1826376ac5c4ecf5c"
// Where a message's number goes: NUMBER_DIGITS hexadecimal digits of its id and of its receipt handle.
#define NUMBER "############"
#define MESSAGE_ID "6f1d3c58-27ab-4e0f-9b64-" NUMBER
#define RECEIPT_HANDLE                                                                            \
  "AQEB" NUMBER                                                                                   \
  "pU3KGCUwux1tEyze1iN7LtkeP3IfyxlxF0SU1kk8nVw0YL4xIB5p/tqg7ui5mX9cfCmZ/a/lkyU81lSvTfrXFCegrrP+"  \
  "6SMvivIhH57kkcWxC+y1Vjv8Hm+TQn7LyP4pVeXNjkbcjtS3wnZNKlpNdncG+F2GkAJK1r2jQBvpyMvMyTX2zR9hImrh"
#define SENDER "AIDAIENQZJOLO23YVJ4VO"
#define MILLISECONDS "1795532400123"

enum { MESSAGES = 10, NUMBER_DIGITS = 12 };

// The body of an answer to ReceiveMessage.
static inline struct text received(int count) {
  struct text body = {0};
  append(&body, count ? "{\"Messages\":[" : "{");
  for (int index = 0; index < count; index++) {
    append(&body, index ? ",{" : "{");
    append(&body, "\"MessageId\":\"" MESSAGE_ID "\",\"ReceiptHandle\":\"" RECEIPT_HANDLE "\",");
    append(&body, "\"MD5OfBody\":\"" MD5_OF_BODY "\",\"Body\":\"");
    append_escaped(&body, BODY);
    append(&body, "\",\"Attributes\":{\"SenderId\":\"" SENDER "\",\"SentTimestamp\":\"" MILLISECONDS "\",");
    append(&body, "\"ApproximateReceiveCount\":\"1\",\"ApproximateFirstReceiveTimestamp\":\"" MILLISECONDS "\"}}");
  }
  append(&body, count ? "]}" : "}");
  return body;
}

#endif
