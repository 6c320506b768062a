#include "support/producer_costs.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <stdexcept>

#include "cero/cero.h"
#include "receiver/receiver.h"
#include "support/interposed_calls.h"
#include "support/system_calls.h"
#include "trace/thread_slot.h"

namespace cero::test {
namespace {

using RecordSpans = std::function<void(Tracer&, uint64_t spans)>;

void record(Tracer& tracer, const SpanContext& parent, uint64_t number) {
  Span span = tracer.start_span(
      "GET /api/items/{id}",
      {.kind = SpanKind::server, .parent = number % 2 == 0 ? Parent::none() : Parent(parent)});
  span.set_attribute("http.request.method", "GET");
  span.set_attribute("url.path", "/api/items/12345");
  span.set_attribute("http.response.status_code", 200);
  span.set_attribute("server.address", "shop.example.com");
  span.set_attribute("user.id", static_cast<int64_t>(number * 7919));
  span.set_status(StatusCode::ok);
}

// Paced, so that the batch thread keeps up on any machine; by spinning on a clock that needs no
// system call.
void record_paced(Tracer& tracer, uint64_t spans, std::chrono::nanoseconds interval) {
  using Clock = std::chrono::steady_clock;
  const SpanContext parent(TraceId({1}), SpanId({2}), TraceFlags::kSampled, true);
  auto due = Clock::now();
  for (uint64_t i = 0; i < spans; ++i, due += interval) {
    while (Clock::now() < due) {
    }
    // What the machine did not let us do in time is not caught up with: that would be a burst.
    if (Clock::now() - due > std::chrono::milliseconds(1)) due = Clock::now();
    record(tracer, parent, i);
  }
}

// This thread's ring in the one provider there is; the thread has recorded before.
const core::SpanRing& own_ring() {
  for (const core::SpanRing* ring : core::this_thread_slot->rings) {
    if (ring != nullptr) return *ring;
  }
  throw std::runtime_error("the thread has recorded nothing");
}

void record_when_drained(Tracer& tracer, uint64_t spans) {
  constexpr uint64_t kSpansAtOnce = 900;  // under 256 KiB, past which a sleeper is woken
  const SpanContext parent(TraceId({1}), SpanId({2}), TraceFlags::kSampled, true);
  for (uint64_t done = 0; done < spans;) {
    const uint64_t next = std::min(spans, done + kSpansAtOnce);
    for (; done < next; ++done) record(tracer, parent, done);
    const core::SpanRing& ring = own_ring();
    while (ring.held() != 0) {
    }
  }
}

void produce(TracerProvider& provider, const RecordSpans& record_spans, uint64_t warm_up_spans,
             ProducerCosts& costs) {
  Tracer tracer = provider.get_tracer("proof");
  record_spans(tracer, warm_up_spans);
  const SystemCalls system_calls;
  const uint64_t memory_before = memory_call_count();
  const uint64_t locks_before = lock_call_count();
  const uint64_t syscalls_before = system_calls.count();
  record_spans(tracer, costs.spans);
  costs.syscalls = system_calls.count() - syscalls_before;
  costs.locks = lock_call_count() - locks_before;
  costs.allocations = memory_call_count() - memory_before;
  costs.syscalls_counted = system_calls.armed();
}

ProducerCosts measure(const RecordSpans& record_spans, uint64_t warm_up_spans, uint64_t spans) {
  auto backend = receiver::Receiver::start({.count_unique = false});
  if (!backend) throw std::runtime_error(backend.error().message());
  auto provider = TracerProvider::create({.exporter = {.endpoint = (*backend)->urls()[0]}});
  if (!provider) throw std::runtime_error(provider.error().message());

  ProducerCosts costs;
  costs.spans = spans;
  std::future<void> produced = std::async(
      std::launch::async, [&] { produce(*provider, record_spans, warm_up_spans, costs); });
  do {
    costs.in_flight_max = std::max(costs.in_flight_max, provider->stats().in_flight);
  } while (produced.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready);
  produced.get();
  if (!provider->force_flush()) throw std::runtime_error("the flush failed");
  costs.stats = provider->stats();
  return costs;
}

}  // namespace

ProducerCosts measure_producer_costs() {
  constexpr uint64_t kWarmUpSpans = 20'000;
  constexpr uint64_t kSpans = 1'000'000;
  return measure(record_when_drained, kWarmUpSpans, kSpans);
}

ProducerCosts measure_producer_costs_at(uint64_t spans_per_second, uint64_t seconds) {
  constexpr uint64_t kWarmUpSeconds = 2;  // the batch thread gets to know the rate
  const std::chrono::nanoseconds interval(1'000'000'000 / spans_per_second);
  return measure([&](Tracer& tracer, uint64_t spans) { record_paced(tracer, spans, interval); },
                 kWarmUpSeconds * spans_per_second, seconds * spans_per_second);
}

}  // namespace cero::test
