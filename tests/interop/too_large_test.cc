// Goal: a message over a gRPC server's limit (4 MiB unless it is told otherwise) arrives in halves,
// though the server decides before it has read all of it. Method: one request of 6 MB, over the
// ways of ways.cc that are gRPC; a proxy hands on what the Collector says.
#include <curl/curl.h>

#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "pipeline/field_by_field.h"

namespace cero::test {
namespace {

constexpr uint64_t kThreads = 3;
constexpr uint64_t kSpansPerThread = 50;
constexpr uint64_t kSpans = kThreads * kSpansPerThread;

// Stays until all have recorded: a thread that comes later would else take over this one's ring.
void record_large(Tracer tracer, std::latch& all) {
  for (uint64_t i = 0; i < kSpansPerThread; ++i)
    tracer.start_span("large").set_attribute("padding", std::string(40'000, 'p'));
  all.arrive_and_wait();
}

TEST_P(FieldByField, message_over_the_limit_of_grpc_arrives_in_halves) {
  const std::string& way = GetParam().name;
  if (way.find("_grpc") == std::string::npos) GTEST_SKIP() << "a limit of gRPC alone";
  const curl_version_info_data* curl = curl_version_info(CURLVERSION_NOW);
  if (way.ends_with("_none") && curl->version_num < 0x080000) {
    GTEST_SKIP() << "not tried uncompressed: libcurl before 8 forgets an answer that comes before "
                    "the request is sent, this is "
                 << curl->version;
  }
  begin({.batch = {.delay_max = std::chrono::hours(1), .bytes_max = 16 << 20}});
  // Two megabytes each, which a thread's ring has room for.
  std::latch all(kThreads);
  std::vector<std::thread> threads;
  for (uint64_t i = 0; i < kThreads; ++i)
    threads.emplace_back([&] { record_large(tracer(), all); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(provider().force_flush(std::chrono::seconds(30)));
  const Stats stats = provider().stats();
  expect_balance(stats);
  EXPECT_EQ(stats.exported, kSpans);
  EXPECT_GE(stats.requests, 3u) << "one that was too large, and its halves";
}

}  // namespace
}  // namespace cero::test
