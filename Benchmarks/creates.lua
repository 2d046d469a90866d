-- Creates mappings, each from a queue of its own: the number is unique across wrk's threads, and always ten digits
-- long, as raw_sqlite's is.
local threads = 0

function setup(thread)
  thread:set("id", threads)
  threads = threads + 1
end

function init()
  count = 0
end

function request()
  count = count + 1
  local body = string.format(
    '{"EventSourceArn":"arn:aws:sqs:us-east-1:000000000000:q-%02d%08d","FunctionName":"f"}', id, count)
  return wrk.format("POST", "/2015-03-31/event-source-mappings/", { ["Content-Type"] = "application/json" }, body)
end
