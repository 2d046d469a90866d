-- What a run of wrk measured, on one line that bench.py reads: requests, seconds, p50 and p99 in microseconds, and how
-- many answers were errors or never came.
function done(summary, latency, requests)
  local errors = summary.errors
  print(string.format(
    "RESULT %d %.6f %.1f %.1f %d", summary.requests, summary.duration / 1e6, latency:percentile(50),
    latency:percentile(99), errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
