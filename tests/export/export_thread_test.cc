// Goal: flush and stop return by their deadlines, and what was not delivered by then is counted.
// Method: ExportThread on libcurl against the in-process receiver, which may hang.
#include "export/export_thread.h"

#include <gtest/gtest.h>

#include "export/delivery_harness.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;
using receiver::Fault;
using receiver::Reply;
using test::Delivery;
using test::options_for;
using test::start_receiver;

TEST(ExportThread, delivers_what_was_submitted_before_stop) {
  const auto backend = start_receiver({});
  Delivery delivery(options_for(backend->urls()[0]));
  for (int i = 0; i < 10; ++i) delivery.submit(10);
  EXPECT_TRUE(delivery.stop());
  EXPECT_EQ(delivery.totals().exported, 100u);
  EXPECT_EQ(backend->counts().unique_spans, 100u);
}

TEST(ExportThread, gives_up_before_the_deadline_when_the_backend_hangs) {
  const auto backend = start_receiver(
      {.on_request = [](const receiver::RequestInfo&) { return Reply{.fault = Fault::stall}; }});
  Exporter options = options_for(backend->urls()[0]);
  options.timeout = 0ms;
  options.requests_in_flight_max = 1;
  Delivery delivery(options);
  for (int i = 0; i < 4; ++i) delivery.submit(10);
  EXPECT_TRUE(backend->wait_for_requests(1, 60s));
  EXPECT_TRUE(delivery.stop(std::chrono::steady_clock::now() + 1s))
      << "the thread ended within the deadline";
  EXPECT_EQ(delivery.totals().dropped.after_shutdown, 40u);
  EXPECT_EQ(delivery.totals().in_flight, 0u);
  delivery.wait_for_line("40 spans dropped as after_shutdown");
}

TEST(ExportThread, ends_a_flush_at_its_deadline_and_goes_on) {
  const auto backend = start_receiver(
      {.on_request = [](const receiver::RequestInfo&) { return Reply{.fault = Fault::stall}; }});
  Exporter options = options_for(backend->urls()[0]);
  options.timeout = 0ms;
  Delivery delivery(options);
  delivery.submit(10);
  EXPECT_EQ(delivery.thread().flush(1, std::chrono::steady_clock::now() + 50ms),
            FlushOutcome::deadline_exceeded);
  EXPECT_EQ(delivery.totals().in_flight + delivery.exchange().span_count(), 10u);
}

TEST(ExportThread, ends_a_flush_when_the_thread_is_stopped) {
  const auto backend = start_receiver({});
  Delivery delivery(options_for(backend->urls()[0]));
  std::thread stopping([&] { EXPECT_TRUE(delivery.stop()); });
  EXPECT_EQ(delivery.thread().flush(1, test::in_a_minute()), FlushOutcome::lost)
      << "number 1 never came";
  stopping.join();
}

TEST(ExportThread, may_be_stopped_twice_and_without_having_been_started) {
  const auto backend = start_receiver({});
  Delivery delivery(options_for(backend->urls()[0]));
  EXPECT_TRUE(delivery.stop());
  EXPECT_TRUE(delivery.stop());

  BodyExchange exchange;
  SystemClock clock;
  Log log(nullptr, clock);
  auto transport = make_transport(options_for(backend->urls()[0]));
  ExportThread never_started(options_for(backend->urls()[0]), exchange,
                             std::move(transport).value(), clock, log);
  Body* body = exchange.try_acquire();
  body->bytes = "x";
  body->span_count = 5;
  body->number = 1;
  exchange.submit(body);
  EXPECT_TRUE(never_started.stop(test::in_a_minute()));
  EXPECT_EQ(never_started.totals().dropped.after_shutdown, 5u);
}

}  // namespace
}  // namespace cero::core
