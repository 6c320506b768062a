// Goal: what fails around the process costs what it must, and is told. Method: a name that no
// server knows (RFC 6761 keeps it so); a standard error whose disk is full.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "pipeline/lifecycle_harness.h"
#include "support/collected_log.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;

constexpr int kSpans = 20;

// Each batch has one attempt.
TracerProvider provider_of_one_attempt(Exporter exporter, LogHandler log_handler) {
  Options options;
  options.exporter = std::move(exporter);
  options.exporter.retry_time_max = 0ms;
  options.batch.delay_max = 1h;
  options.log_handler = std::move(log_handler);
  return make_provider(std::move(options));
}

void expect_all_expired(TracerProvider& provider) {
  end_spans(provider.get_tracer("fault"), kSpans);
  EXPECT_FALSE(provider.force_flush(1h));
  EXPECT_TRUE(provider.shutdown(1h));
  EXPECT_EQ(provider.stats().dropped.retry_expired, kSpans);
  EXPECT_EQ(provider.stats().dropped.total(), kSpans);
  EXPECT_EQ(provider.stats().in_flight, 0u);
}

TEST(Surroundings, a_name_that_does_not_resolve_is_told_and_tried_again) {
  CollectedLog log;
  Exporter exporter;
  exporter.endpoint = "http://name.invalid:4318/v1/traces";
  TracerProvider provider = provider_of_one_attempt(exporter, log.handler());
  expect_all_expired(provider);
  EXPECT_NE(log.text().find("name.invalid"), std::string::npos) << log.text();
}

// Standard error goes to a device that takes nothing.
class FullDisk {
 public:
  FullDisk() {
    const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    EXPECT_EQ(dup2(full, STDERR_FILENO), STDERR_FILENO);
    close(full);
  }
  ~FullDisk() {
    dup2(before_, STDERR_FILENO);
    close(before_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  const int before_ = dup(STDERR_FILENO);
};

TEST(Surroundings, a_full_disk_under_the_log_changes_nothing) {
  const FullDisk full;
  TracerProvider provider = provider_of_one_attempt(refusing_exporter(), Options().log_handler);
  expect_all_expired(provider);
}

}  // namespace
}  // namespace cero::test
