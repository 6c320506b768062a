// Goal: steps follow one another by count and by time, rules come before them, and each counts what
// it is about. Method: requests and connections at points of time that the test makes up.
#include "receiver/fault_plan.h"

#include <gtest/gtest.h>

#include <string>

namespace cero::receiver {
namespace {

using namespace std::chrono_literals;
using Kind = ConnectionFault::Kind;

class Plan {
 public:
  explicit Plan(std::string_view text) : plan_(*parse_fault_script(text), counts_, now) {}

  // The status of the answer; 0 when the plan lets the request pass.
  int request(uint64_t bytes = 1, std::string_view encoding = "") {
    const Reply* reply = plan_.on_request(bytes, encoding, now);
    return reply != nullptr ? reply->status : 0;
  }
  Kind connection(bool is_tls = false) { return plan_.on_connection(is_tls, now).kind; }
  std::optional<UploadFault> header() { return plan_.on_header(now); }
  FaultPlan* operator->() { return &plan_; }
  uint64_t times(const std::string& action) { return counts_.snapshot().faults[action]; }

  FaultPlan::TimePoint now{};

 private:
  SharedCounts counts_;
  FaultPlan plan_;
};

TEST(FaultPlan, takes_steps_in_their_order_and_then_lets_pass) {
  Plan plan("2 times: status 503\nstatus 429\n");
  EXPECT_EQ(plan.request(), 503);
  EXPECT_EQ(plan.request(), 503);
  EXPECT_EQ(plan.request(), 429);
  EXPECT_EQ(plan.request(), 0);
  EXPECT_EQ(plan.times("status 503"), 2u);
  EXPECT_EQ(plan.times("status 429"), 1u);
}

TEST(FaultPlan, repeats_and_counts_no_ok) {
  Plan plan("ok\nstatus 503\nrepeat\n");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(plan.request(), 200);
    EXPECT_EQ(plan.request(), 503);
  }
  EXPECT_EQ(plan.times("status 503"), 3u);
  EXPECT_EQ(plan.times("ok"), 0u);
}

TEST(FaultPlan, holds_forever) {
  Plan plan("forever: status 500\n");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(plan.request(), 500);
  EXPECT_EQ(plan->ends_at(), std::nullopt);
}

TEST(FaultPlan, timed_steps_follow_each_other_without_a_request) {
  Plan plan("for 100ms: status 503\nfor 100ms: status 429\n");
  EXPECT_EQ(plan.request(), 503);
  plan.now += 99ms;
  EXPECT_EQ(plan.request(), 503);
  plan.now += 1ms;
  EXPECT_EQ(plan.request(), 429);
  EXPECT_EQ(plan->ends_at(), FaultPlan::TimePoint{} + 200ms);
  plan.now += 1s;
  EXPECT_EQ(plan.request(), 0);
}

TEST(FaultPlan, a_steps_time_begins_when_the_step_before_is_used_up) {
  Plan plan("status 503\nfor 100ms: status 429\n");
  plan.now += 1s;
  EXPECT_EQ(plan.request(), 503);
  plan.now += 50ms;
  EXPECT_EQ(plan.request(), 429);
  EXPECT_EQ(plan->ends_at(), FaultPlan::TimePoint{} + 1100ms);
}

TEST(FaultPlan, rules_come_first_and_use_no_step_up) {
  Plan plan("when over 100: status 413\nwhen encoding zstd: status 415\nstatus 503\n");
  EXPECT_EQ(plan.request(101), 413);
  EXPECT_EQ(plan.request(100, "zstd"), 415);
  EXPECT_EQ(plan.request(100, "gzip"), 503);
  EXPECT_EQ(plan.request(101), 413);
  EXPECT_EQ(plan.times("status 413"), 2u);
}

TEST(FaultPlan, each_nth_counts_every_request) {
  Plan plan("when each 3: status 503\n");
  for (const int status : {0, 0, 503, 0, 0, 503}) EXPECT_EQ(plan.request(), status);
}

TEST(FaultPlan, connection_steps_count_connections_and_let_requests_pass) {
  Plan plan("2 times: hang up\nstatus 503\n");
  EXPECT_EQ(plan->connection_steps_begun(), 1u);
  EXPECT_EQ(plan.request(), 0);
  EXPECT_EQ(plan.connection(), Kind::hang_up);
  EXPECT_EQ(plan.connection(), Kind::hang_up);
  EXPECT_EQ(plan.connection(), Kind::none);
  EXPECT_EQ(plan.request(), 503);
  EXPECT_EQ(plan.times("hang up"), 2u);
}

TEST(FaultPlan, steps_about_tls_wait_for_a_tls_connection) {
  Plan plan("tls alert\n");
  EXPECT_EQ(plan.connection(/*is_tls=*/false), Kind::none);
  EXPECT_EQ(plan.connection(/*is_tls=*/true), Kind::tls_alert);
}

TEST(FaultPlan, upload_steps_meet_headers) {
  Plan plan("reset upload\nstatus 503\n");
  EXPECT_EQ(plan.header(), UploadFault::reset);
  EXPECT_EQ(plan.header(), std::nullopt);
  EXPECT_EQ(plan.request(), 503);
}

TEST(FaultPlan, refuses_for_its_time_and_says_when_steps_begin) {
  Plan plan("ok\nfor 2s: refuse\nok\n");
  int begun = 0;
  plan->set_on_step([&] { ++begun; });
  EXPECT_FALSE(plan->refuses_connections());
  plan.request();
  EXPECT_TRUE(plan->refuses_connections());
  EXPECT_EQ(begun, 1);
  EXPECT_EQ(plan.connection(), Kind::refuse);
  plan.now += 2s;
  plan->look(plan.now);
  EXPECT_FALSE(plan->refuses_connections());
  EXPECT_EQ(begun, 2);
}

}  // namespace
}  // namespace cero::receiver
