// preforking. Goal: through a thousand forks under load no span is lost, doubled or shares an id,
// and each worker's ledger says so. Method: the program itself against a receiver, whose counts are
// held against the sum of all ledgers.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "loadgen/child_program.h"
#include "receiver/receiver.h"

namespace cero {
namespace {

// Under a sanitizer a worker takes many times as long.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kForks = 60;
#else
constexpr int kForks = 1000;
#endif
constexpr int kRequests = 10;  // of each worker, two spans each

// The number before the words; 0 without.
uint64_t number_before(const std::string& text, const std::string& words, size_t from) {
  const size_t end = text.find(' ' + words, from);
  if (end == std::string::npos) return 0;
  const size_t begin = text.find_last_of(" \n", end - 1);
  return std::strtoull(text.c_str() + (begin == std::string::npos ? 0 : begin + 1), nullptr, 10);
}

TEST(Preforking, delivers_every_span_of_a_thousand_workers_once) {
  auto receiver = receiver::Receiver::start({});
  ASSERT_TRUE(receiver);
  const auto outcome = test::run_program(
      CERO_PREFORKING, {"--forks", std::to_string(kForks), "--requests", std::to_string(kRequests)},
      {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=" + (*receiver)->urls().front()});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.output << outcome.errors;
  EXPECT_EQ(outcome.errors, "");
  EXPECT_EQ(number_before(outcome.output, "workers,", 0), kForks);
  EXPECT_GE(number_before(outcome.output, "requests answered", 0), uint64_t{kForks} * kRequests);
  const size_t workers = outcome.output.find("workers: ");
  const size_t master = outcome.output.find("master: ");
  ASSERT_NE(workers, std::string::npos) << outcome.output;
  ASSERT_NE(master, std::string::npos) << outcome.output;
  const uint64_t of_workers = number_before(outcome.output, "exported", workers);
  EXPECT_EQ(of_workers, uint64_t{2} * kForks * kRequests);
  const receiver::Counts counts = (*receiver)->counts();
  EXPECT_EQ(counts.spans, of_workers + number_before(outcome.output, "exported", master));
  EXPECT_EQ(counts.unique_spans, counts.spans);
}

}  // namespace
}  // namespace cero
