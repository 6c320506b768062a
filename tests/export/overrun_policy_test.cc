// Goal: bodies go uncompressed only when gzip has had spans dropped for a while and the thread was
// what held things up; a constant load comes to rest; the options say where that may be.
// Method: windows with given drops and CPU times; and a model of the export thread, to which bodies
// come at a rate. Time is numbers.
#include "export/overrun_policy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using Seconds = std::chrono::duration<double>;

class OverrunPolicyTest : public testing::Test {
 protected:
  // Windows of the policy, in each of which so many spans are dropped and the thread computes for
  // this share.
  void windows(int count, uint64_t dropped, double computed,
               nanoseconds length = OverrunPolicy::kWindow) {
    for (int i = 0; i < count; ++i) {
      now_ += length;
      dropped_ += dropped;
      cpu_time_ += std::chrono::duration_cast<nanoseconds>(computed * length);
      look();
    }
  }

  // Bodies come at this rate to a thread that has this share of a core, and those for which there
  // is no place are dropped.
  void run(double spans_per_second, Seconds time, double cpu_share = 1) {
    constexpr double kSpansPerBody = 4'096;
    const auto interval =
        std::chrono::duration_cast<nanoseconds>(Seconds(kSpansPerBody / spans_per_second));
    const TimePoint end = now_ + std::chrono::duration_cast<nanoseconds>(time);
    TimePoint due = now_;
    while (now_ < end) {
      now_ = std::max(now_, due);
      look();
      const nanoseconds cost = static_cast<int64_t>(kSpansPerBody) *
                               (policy_->overrun() ? uncompressed_span_ : compressed_span_);
      cpu_time_ += cost;
      now_ += std::chrono::duration_cast<nanoseconds>(cost / cpu_share);
      due += interval;
      while (now_ - due > 20 * interval) {
        due += interval;
        dropped_ += static_cast<uint64_t>(kSpansPerBody);
      }
    }
  }

  void look() { changes_ += policy_->look(now_, cpu_time_) ? 1 : 0; }

  void start() {
    cpu_time_ = 0ns;
    policy_.emplace([this] { return dropped_; }, now_);
  }

  TimePoint now_{1h};
  nanoseconds cpu_time_{0};
  uint64_t dropped_ = 7;
  std::optional<OverrunPolicy> policy_;
  int changes_ = 0;
  nanoseconds compressed_span_{300};
  nanoseconds uncompressed_span_{220};
};

constexpr int kEnough = OverrunPolicy::kPatience / OverrunPolicy::kWindow + 1;

TEST_F(OverrunPolicyTest, begins_when_spans_are_dropped_and_the_thread_computes_all_the_time) {
  start();
  windows(kEnough, 100, 1.0);
  EXPECT_TRUE(policy_->overrun());
  EXPECT_EQ(changes_, 1);
  EXPECT_EQ(policy_->spans_dropped(), 7u + 100 * kEnough);
}

TEST_F(OverrunPolicyTest, keeps_compressing_when_no_span_is_dropped) {
  start();
  windows(1, 1, 1.0);
  windows(1'000, 0, 1.0);
  EXPECT_EQ(changes_, 0);
}

TEST_F(OverrunPolicyTest, keeps_compressing_on_a_loaded_host) {
  start();
  run(3e6, 10s, 0.6);
  EXPECT_GT(dropped_, 1'000'000u);
  EXPECT_EQ(changes_, 0);
}

TEST_F(OverrunPolicyTest, keeps_compressing_where_the_thread_waits_for_others) {
  start();
  windows(1'000, 100, 0.7);
  EXPECT_EQ(changes_, 0);
}

TEST_F(OverrunPolicyTest, is_not_moved_by_a_short_burst) {
  start();
  for (int i = 0; i < 100; ++i) {
    windows(kEnough - 2, 100'000, 1.0);
    windows(1, 0, 1.0);
  }
  EXPECT_EQ(changes_, 0);
}

TEST_F(OverrunPolicyTest, is_not_moved_by_a_thread_that_stood_still) {
  start();
  windows(10, 100'000, 0.1, 5s);
  EXPECT_EQ(changes_, 0);
}

TEST_F(OverrunPolicyTest, ends_when_the_thread_has_time_left) {
  start();
  windows(kEnough, 100, 1.0);
  windows(1'000, 0, 0.4);
  EXPECT_TRUE(policy_->overrun()) << "compression could take what is left";
  windows(kEnough, 0, 0.3);
  EXPECT_FALSE(policy_->overrun());
}

TEST_F(OverrunPolicyTest, ends_in_one_long_pause) {
  start();
  windows(kEnough, 100, 1.0);
  windows(1, 0, 0.0, 1h);
  EXPECT_FALSE(policy_->overrun());
}

TEST_F(OverrunPolicyTest, asks_for_the_count_once_a_window) {
  int asked = 0;
  OverrunPolicy policy([&asked] { return static_cast<uint64_t>(++asked); }, now_);
  for (int i = 0; i < 100; ++i) policy.look(now_ += OverrunPolicy::kWindow / 50, 0ns);
  EXPECT_EQ(asked, 2);
}

TEST_F(OverrunPolicyTest, comes_to_rest_at_every_constant_rate) {
  for (const nanoseconds uncompressed : {120ns, 220ns, 400ns}) {
    uncompressed_span_ = uncompressed;
    for (double rate = 5'000; rate < 2e7; rate *= 1.3) {
      for (const double first_rate : {5'000.0, 2e7}) {
        start();
        run(first_rate, 5s);
        run(rate, 5s);
        changes_ = 0;
        run(rate, 10s);
        EXPECT_EQ(changes_, 0) << rate << " spans/s after " << first_rate;
      }
    }
  }
}

TEST_F(OverrunPolicyTest, compresses_what_gzip_can_keep_up_with) {
  start();
  run(3e6, 5s);
  EXPECT_EQ(changes_, 0);
  run(4e6, 5s);
  EXPECT_TRUE(policy_->overrun());
  run(1e6, 5s);
  EXPECT_FALSE(policy_->overrun());
}

// ---- Where it may be

Exporter gzip_to(std::string endpoint) {
  return {.endpoint = std::move(endpoint), .compression = Compression::gzip};
}

TEST(MayGoUncompressed, to_this_machine_alone_by_default) {
  for (const char* endpoint :
       {"http://localhost:4318/v1/traces", "https://LocalHost/", "http://127.0.0.9:4318/",
        "http://[::1]:4318/v1/traces", "unix:/run/otel.sock:/v1/traces"}) {
    EXPECT_TRUE(may_go_uncompressed(gzip_to(endpoint))) << endpoint;
  }
  for (const char* endpoint :
       {"http://collector:4318/v1/traces", "https://localhost.example/", "http://10.0.0.1/",
        "http://[fe80::1]/", "http://128.0.0.1/127.0.0.1", "http://example/localhost"}) {
    EXPECT_FALSE(may_go_uncompressed(gzip_to(endpoint))) << endpoint;
  }
}

TEST(MayGoUncompressed, only_where_all_endpoints_are_on_this_machine) {
  Exporter exporter = gzip_to("http://localhost:4318/v1/traces");
  exporter.more_endpoints = {{.url = "unix:///run/otel.sock"}};
  EXPECT_TRUE(may_go_uncompressed(exporter));
  exporter.more_endpoints.push_back({.url = "https://collector/v1/traces"});
  EXPECT_FALSE(may_go_uncompressed(exporter));
  exporter.uncompressed_when_overrun = UncompressedWhenOverrun::always;
  EXPECT_TRUE(may_go_uncompressed(exporter));
}

TEST(MayGoUncompressed, never_where_the_option_says_so) {
  Exporter exporter = gzip_to("http://localhost:4318/v1/traces");
  exporter.uncompressed_when_overrun = UncompressedWhenOverrun::never;
  EXPECT_FALSE(may_go_uncompressed(exporter));
}

TEST(MayGoUncompressed, not_with_a_level_or_an_engine_or_a_compression_that_is_set) {
  Exporter exporter = gzip_to("http://localhost:4318/v1/traces");
  exporter.uncompressed_when_overrun = UncompressedWhenOverrun::always;
  ASSERT_TRUE(may_go_uncompressed(exporter));
  Exporter other = exporter;
  other.compression_level = 1;
  EXPECT_FALSE(may_go_uncompressed(other));
  for (const GzipEngine engine : {GzipEngine::libdeflate, GzipEngine::isal}) {
    other = exporter;
    other.gzip_engine = engine;
    EXPECT_FALSE(may_go_uncompressed(other));
  }
  for (const Compression compression : {Compression::none, Compression::zstd}) {
    other = exporter;
    other.compression = compression;
    EXPECT_FALSE(may_go_uncompressed(other));
  }
}

}  // namespace
}  // namespace cero::core
