// Goal: what is said of a loss has its cause and its backend, in the right number. Method: the log
// alone, on a ManualClock, with the endpoints of an exporter.
#include "export/delivery_log.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "export/endpoints.h"
#include "export/export_counters.h"
#include "support/manual_clock.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;

Exporter two_endpoints() {
  return {.endpoint = "http://one/v1/traces", .more_endpoints = {{.url = "http://two/v1/traces"}}};
}

class DeliveryLogTest : public testing::Test {
 protected:
  EndpointState& one() { return endpoints_.at(0); }
  EndpointState& two() { return endpoints_.at(1); }
  std::string last() const { return lines_.empty() ? "" : lines_.back(); }

  test::ManualClock clock_;
  std::vector<std::string> lines_;
  Log log_{[this](Severity, std::string_view line) { lines_.emplace_back(line); }, clock_};
  ExportCounters counters_;
  Endpoints endpoints_{two_endpoints(), counters_, 1, clock_.now()};
  DeliveryLog delivery_{log_};
};

TEST_F(DeliveryLogTest, says_where_and_why_spans_failed_for_too_long) {
  delivery_.failed(two(), 3, 3, "HTTP 503: overloaded");
  delivery_.expired(3, 7);
  EXPECT_EQ(last(),
            "3 spans dropped as retry_expired after 7 attempts: exporter.retry_time_max is over; "
            "the last failure was that of backend 2 at http://two/v1/traces: HTTP 503: overloaded");
  clock_.advance(kLogInterval);
  delivery_.made_room(1, 1);
  EXPECT_EQ(last(),
            "1 span dropped as retry_expired after 1 attempt, since exporter.retry_bytes_max is "
            "full and others were taken meanwhile; the last failure was that of backend 2 at "
            "http://two/v1/traces: HTTP 503: overloaded");
}

TEST_F(DeliveryLogTest, knows_the_failure_that_no_answer_came_after) {
  EXPECT_EQ(delivery_.standing_failure(), "");
  delivery_.failed(one(), 1, 1, "no route");
  EXPECT_EQ(delivery_.standing_failure(), "backend 1 at http://one/v1/traces: no route");
  delivery_.taken(two(), 1, {.kind = Verdict::Kind::delivered});
  EXPECT_EQ(delivery_.standing_failure(), "");
  delivery_.failed(one(), 1, 1, "");
  EXPECT_EQ(delivery_.standing_failure(), "backend 1 at http://one/v1/traces");
  delivery_.refused(one(), 1, "HTTP 400");
  EXPECT_EQ(delivery_.standing_failure(), "");
}

TEST_F(DeliveryLogTest, speaks_of_one_span_in_its_number) {
  delivery_.refused(one(), 1, "HTTP 400");
  EXPECT_EQ(last(),
            "1 span dropped as permanent_error, backend 1 at http://one/v1/traces refused it: "
            "HTTP 400");
  delivery_.failed(one(), 1, 1, "no route");
  EXPECT_EQ(last(),
            "sending 1 span to backend 1 at http://one/v1/traces failed, will be tried again "
            "(1 span waits): no route");
  clock_.advance(kLogInterval);
  delivery_.damaged(1);
  EXPECT_EQ(last(), "1 span dropped as permanent_error, its body was overwritten in memory");
}

TEST_F(DeliveryLogTest, says_nothing_behind_a_rejection_without_words) {
  delivery_.taken(one(), 8, {.kind = Verdict::Kind::delivered, .rejected = 8});
  EXPECT_EQ(last(), "backend 1 at http://one/v1/traces rejected 8 of 8 spans");
  clock_.advance(kLogInterval);
  delivery_.taken(one(), 8, {.kind = Verdict::Kind::delivered, .rejected = 1, .message = "old"});
  EXPECT_EQ(last(), "backend 1 at http://one/v1/traces rejected 1 of 8 spans: old");
}

TEST_F(DeliveryLogTest, says_of_a_wait_what_was_asked_for) {
  delivery_.asks_for_a_wait(one(), 300s, 300s);
  EXPECT_EQ(last(),
            "backend 1 at http://one/v1/traces asks for a wait of 300 s, in which it gets no "
            "request");
  clock_.advance(kLogInterval);
  delivery_.asks_for_a_wait(one(), 24h, 1h);
  EXPECT_EQ(last(),
            "backend 1 at http://one/v1/traces asks for a wait of a day or more, of which "
            "exporter.retry_after_max keeps 3600 s");
  clock_.advance(kLogInterval);
  delivery_.asks_for_a_wait(one(), 24h, 24h);
  EXPECT_EQ(last(),
            "backend 1 at http://one/v1/traces asks for a wait of a day or more, and gets no "
            "request for a day");
}

// ---- What is said at once, though something like it was said lately

TEST_F(DeliveryLogTest, says_the_first_failure_of_each_backend_and_of_each_cause) {
  for (const char* why : {"HTTP 503", "HTTP 503: request 1", "HTTP 503: request 2",
                          "Failed to connect to one port 80 after 3 ms: Couldn't connect",
                          "Failed to connect to one port 80 after 14 ms: Couldn't connect"}) {
    delivery_.failed(one(), 1, 2, why);
    delivery_.failed(two(), 1, 2, why);
  }
  ASSERT_EQ(lines_.size(), 4u);
  EXPECT_NE(lines_[0].find("backend 1 at http://one/v1/traces failed"), std::string::npos);
  EXPECT_NE(lines_[1].find("backend 2 at http://two/v1/traces failed"), std::string::npos);
  EXPECT_NE(lines_[2].find("after 3 ms"), std::string::npos) << lines_[2];
  EXPECT_NE(lines_[3].find("after 3 ms"), std::string::npos) << lines_[3];
}

TEST_F(DeliveryLogTest, says_the_first_refusal_of_each_backend_and_of_each_status) {
  for (const char* why : {"HTTP 400: a", "HTTP 400: b", "HTTP 401: a", "gRPC 3 (INVALID_ARGUMENT)",
                          "gRPC 16 (UNAUTHENTICATED): a"}) {
    delivery_.refused(one(), 1, why);
    delivery_.refused(two(), 1, why);
  }
  EXPECT_EQ(lines_.size(), 8u);
}

TEST_F(DeliveryLogTest, says_of_each_backend_that_spans_failed_for_too_long_and_that_it_answers) {
  for (int i = 0; i < 3; ++i) {
    for (EndpointState* endpoint : {&one(), &two()}) {
      delivery_.failed(*endpoint, 1, 2, "HTTP 503");
      delivery_.expired(1, 2);
      delivery_.recovered(*endpoint, 1s);
    }
  }
  EXPECT_EQ(lines_.size(), 6u);
}

}  // namespace
}  // namespace cero::core
