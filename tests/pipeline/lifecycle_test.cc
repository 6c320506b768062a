// Goal: whatever is done with spans, tracers and providers, and whatever the backend does, the
// outcome is defined and the ledger exact. Method: the public API against the in-process receiver.
// Where a deadline must be kept, all that could end the wait otherwise lies an hour away.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <latch>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "pipeline/backend.h"
#include "support/allocation_count.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;
using receiver::Fault;
using receiver::Reply;
using receiver::RequestInfo;

Options options_for(const Backend& backend) {
  Options options;
  options.exporter = backend.exporter();
  return options;
}

// Where nobody listens any more.
Exporter refusing_exporter() {
  Backend backend(Route::http1_plain);
  Exporter exporter = backend.exporter();
  backend.receiver().stop();
  return exporter;
}

// Requests are never answered, and nothing gives up for an hour.
Options options_for_stalling(const Backend& backend) {
  Options options = options_for(backend);
  options.exporter.timeout = 1h;
  options.log_handler = nullptr;
  return options;
}
Reply stall(const RequestInfo&) { return {.fault = Fault::stall, .accepted = false}; }

void end_spans(Tracer tracer, int count) {
  for (int i = 0; i < count; ++i) tracer.start_span("s").end();
}

// ---- Spans

TEST(Lifecycle, the_first_end_counts) {
  Backend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_for(backend));
  Span span = provider.get_tracer("t").start_span("twice");
  const SpanContext context = span.context();
  span.end();
  EXPECT_FALSE(span.is_recording());
  EXPECT_EQ(span.context(), context);
  span.end();
  span.set_attribute("late", 1);
  span.add_event("late");
  span.add_link(context);
  span.set_status(StatusCode::error);
  span.update_name("late");
  EXPECT_TRUE(provider.force_flush());
  EXPECT_EQ(provider.stats().recorded, 1u);
  EXPECT_EQ(backend.receiver().counts().spans, 1u);
}

TEST(Lifecycle, moved_spans_end_once) {
  Backend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_for(backend));
  Tracer tracer = provider.get_tracer("t");
  {
    Span first = tracer.start_span("first");
    Span second = std::move(first);
    first.end();                         // NOLINT(bugprone-use-after-move): this is the question
    EXPECT_FALSE(first.is_recording());  // NOLINT(bugprone-use-after-move)
    EXPECT_FALSE(first.context().valid());
    EXPECT_TRUE(second.is_recording());
    second = tracer.start_span("replaces and so ends the first");
    EXPECT_EQ(provider.stats().recorded, 1u);
    Span& self = second;
    second = std::move(self);
    EXPECT_TRUE(second.is_recording());
  }
  EXPECT_TRUE(provider.force_flush());
  EXPECT_EQ(provider.stats().exported, 2u);
}

TEST(Lifecycle, a_default_span_ignores_all) {
  Span span;
  span.set_attribute("a", 1);
  span.add_event("e");
  span.end();
  EXPECT_FALSE(span.is_recording());
  EXPECT_FALSE(span.context().valid());
}

TEST(Lifecycle, unsampled_spans_carry_ids_and_are_not_recorded) {
  Backend backend(Route::http1_plain);
  Options options = options_for(backend);
  options.sampler = Sampler::parent_based(Sampler::always_off());
  TracerProvider provider = make_provider(std::move(options));
  Tracer tracer = provider.get_tracer("t");
  {
    const Span root = tracer.start_span("root");
    const Span child = tracer.start_span("child", {.parent = root.context()});
    EXPECT_FALSE(root.is_recording());
    EXPECT_TRUE(root.context().valid());
    EXPECT_FALSE(root.context().sampled());
    EXPECT_EQ(child.context().trace_id(), root.context().trace_id());
    EXPECT_NE(child.context().span_id(), root.context().span_id());
    const SpanContext remote(root.context().trace_id(), root.context().span_id(),
                             TraceFlags::kSampled, true);
    EXPECT_TRUE(tracer.start_span("sampled remotely", {.parent = remote}).is_recording());
  }
  EXPECT_TRUE(provider.force_flush());
  EXPECT_EQ(provider.stats().recorded, 1u);
  EXPECT_EQ(provider.stats().exported, 1u);
}

// ---- Tracers without a provider

TEST(Lifecycle, a_tracer_without_provider_carries_the_parent_on) {
  Tracer tracer;
  EXPECT_FALSE(tracer.enabled());
  EXPECT_FALSE(tracer.start_span("root").context().valid());
  const SpanContext parent(*TraceId::from_hex("000000000000000000000000000000aa"),
                           *SpanId::from_hex("00000000000000bb"), TraceFlags::kSampled, true,
                           TraceState::from_header("k=v"));
  Span span = tracer.start_span("child", {.parent = parent});
  EXPECT_FALSE(span.is_recording());
  EXPECT_EQ(span.context(), parent);
  span.set_attribute("a", 1);
  span.end();
  EXPECT_EQ(span.context(), parent);
  const ScopedSpan current = tracer.start_as_current_span("current", {.parent = parent});
  EXPECT_EQ(current_context(), parent);
  EXPECT_EQ(tracer.start_span("of the current one").context(), parent);
}

TEST(Lifecycle, the_default_provider_is_the_one_that_was_set) {
  EXPECT_FALSE(get_tracer("early").enabled());
  Backend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_for(backend));
  set_default_provider(&provider);
  Tracer tracer = get_tracer("set");
  set_default_provider(nullptr);
  EXPECT_FALSE(get_tracer("late").enabled());
  EXPECT_TRUE(tracer.enabled());
  end_spans(tracer, 3);
  EXPECT_TRUE(provider.force_flush());
  EXPECT_EQ(backend.receiver().counts().spans, 3u);
}

TEST(Lifecycle, a_provider_that_exports_nothing_records_nothing) {
  Options options;
  options.exporter = NoExporter{};
  TracerProvider provider = make_provider(std::move(options));
  EXPECT_FALSE(provider.get_tracer("t").enabled());
  EXPECT_TRUE(provider.prepare_thread());
  EXPECT_TRUE(provider.force_flush());
  EXPECT_EQ(provider.stats().recorded, 0u);
}

// ---- Providers that end

TEST(Lifecycle, spans_that_end_after_shutdown_are_counted) {
  Backend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_for(backend));
  Tracer tracer = provider.get_tracer("t");
  Span open = tracer.start_span("open");
  end_spans(tracer, 2);
  EXPECT_TRUE(provider.shutdown());
  EXPECT_EQ(backend.receiver().counts().spans, 2u);
  EXPECT_FALSE(tracer.enabled());
  Span late = tracer.start_span("late", {.parent = open.context()});
  EXPECT_FALSE(late.is_recording());
  EXPECT_EQ(late.context(), open.context());
  open.end();
  const Stats stats = provider.stats();
  EXPECT_EQ(stats.recorded, 3u);
  EXPECT_EQ(stats.exported, 2u);
  EXPECT_EQ(stats.dropped.after_shutdown, 1u);
  EXPECT_EQ(stats.dropped.total(), 1u);
  expect_balance(stats);
  const auto again = provider.shutdown();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), ErrorCode::already_shutdown);
  const auto flushed = provider.force_flush();
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().code(), ErrorCode::already_shutdown);
}

TEST(Lifecycle, the_destructor_delivers) {
  Backend backend(Route::http2_tls_gzip);
  {
    TracerProvider provider = make_provider(options_for(backend));
    end_spans(provider.get_tracer("t"), 5);
  }
  EXPECT_EQ(backend.receiver().counts().spans, 5u);
}

TEST(Lifecycle, spans_and_tracers_outlive_their_provider) {
  Backend backend(Route::http1_plain);
  std::optional<TracerProvider> provider(make_provider(options_for(backend)));
  Tracer tracer = provider->get_tracer("t");
  Span open = tracer.start_span("open");
  Span other = tracer.start_span("other");
  provider.reset();
  open.set_attribute("a", std::string(5'000, 'x'));
  open.end();
  EXPECT_TRUE(open.context().valid());
  EXPECT_FALSE(tracer.enabled());

  // The next one takes the place of the first, and has nothing to do with its spans.
  TracerProvider next = make_provider(options_for(backend));
  EXPECT_FALSE(tracer.enabled());
  other.add_event("late");
  other.end();
  end_spans(next.get_tracer("t"), 1);
  EXPECT_TRUE(next.force_flush());
  EXPECT_EQ(next.stats().recorded, 1u);
  EXPECT_EQ(backend.receiver().counts().spans, 1u);
}

size_t count_entries(const char* directory) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    static_cast<void>(entry);
    ++count;
  }
  return count;
}

// A thread that was joined may be listed for a moment longer.
bool falls_to(size_t count, const char* directory) {
  for (int tries = 0; tries < 1'000'000; ++tries) {
    if (count_entries(directory) <= count) return true;
    std::this_thread::yield();
  }
  return false;
}

TEST(Lifecycle, providers_made_in_a_loop_leave_nothing_behind) {
  Options options;
  options.exporter = refusing_exporter();
  options.exporter.retry_time_max = 0ms;
  options.log_handler = nullptr;
  const auto live_once = [&] {
    TracerProvider provider = make_provider(options);
    end_spans(provider.get_tracer("t"), 3);
    EXPECT_FALSE(provider.shutdown());
    EXPECT_EQ(provider.stats().dropped.retry_expired, 3u);
  };
  for (int i = 0; i < 5; ++i) live_once();
  const size_t files = count_entries("/proc/self/fd");
  const size_t threads = count_entries("/proc/self/task");
  for (int i = 0; i < 200; ++i) live_once();
  EXPECT_TRUE(falls_to(files, "/proc/self/fd"));
  EXPECT_TRUE(falls_to(threads, "/proc/self/task"));
}

// Of the places that all providers share.
constexpr int kMoreThanPlaces = 70;

// Each has a thread that is late, and that has ended when the next one is made.
TEST(Lifecycle, providers_that_are_given_no_time_leave_nothing_behind_either) {
  Options options;
  options.exporter = refusing_exporter();
  options.log_handler = nullptr;
  options.shutdown_timeout = 0ms;
  const size_t threads = count_entries("/proc/self/task");
  for (int i = 0; i < kMoreThanPlaces; ++i) {
    {
      TracerProvider provider = make_provider(options);
      end_spans(provider.get_tracer("t"), 3);
    }
    ASSERT_TRUE(falls_to(threads, "/proc/self/task"));
  }
}

TEST(Lifecycle, a_provider_that_cannot_be_made_leaves_its_place_free) {
  Options options;
  options.exporter = refusing_exporter();
  options.log_handler = nullptr;
  for (int round = 0; round < kMoreThanPlaces; ++round) {
    bool has_failed = true;
    for (uint64_t successes = 0; has_failed; ++successes) {
      Options copy = options;
      fail_allocation_after(successes);
      const auto created = TracerProvider::create(std::move(copy));
      has_failed = !cancel_failing_allocation();
      if (!created) {
        ASSERT_EQ(created.error().code(), ErrorCode::out_of_memory) << created.error().message();
      }
    }
  }
}

TEST(Lifecycle, several_providers_keep_their_spans_apart) {
  Backend first_backend(Route::http1_plain);
  Backend second_backend(Route::http2_tls_gzip);
  TracerProvider first = make_provider(options_for(first_backend));
  TracerProvider second = make_provider(options_for(second_backend));
  Span parent = first.get_tracer("t").start_span("parent");
  Span child = second.get_tracer("t").start_span("child", {.parent = parent.context()});
  EXPECT_EQ(child.context().trace_id(), parent.context().trace_id());
  child.end();
  parent.end();
  end_spans(second.get_tracer("t"), 9);
  EXPECT_TRUE(first.force_flush());
  EXPECT_TRUE(second.force_flush());
  EXPECT_EQ(first_backend.receiver().counts().spans, 1u);
  EXPECT_EQ(second_backend.receiver().counts().spans, 10u);
  expect_balance(first.stats());
  expect_balance(second.stats());
}

TEST(Lifecycle, a_moved_provider_goes_on) {
  Backend backend(Route::http1_plain);
  TracerProvider first = make_provider(options_for(backend));
  Tracer tracer = first.get_tracer("t");
  TracerProvider second = std::move(first);
  end_spans(tracer, 4);
  EXPECT_TRUE(second.force_flush());
  EXPECT_EQ(second.stats().exported, 4u);
}

// ---- Threads

TEST(Lifecycle, a_prepared_thread_records) {
  Backend backend(Route::http1_plain);
  TracerProvider provider = make_provider(options_for(backend));
  std::thread([&] {
    EXPECT_TRUE(provider.prepare_thread());
    EXPECT_TRUE(provider.prepare_thread());
    end_spans(provider.get_tracer("t"), 100);
  }).join();
  EXPECT_TRUE(provider.force_flush());
  EXPECT_EQ(provider.stats().exported, 100u);
}

TEST(Lifecycle, force_flush_ends_under_load) {
  Backend backend(Route::http1_plain);
  Options options = options_for(backend);
  options.batch.delay_max = 1h;  // nothing is sent for its age
  // What a flush waits for is all that is under way: little, so that a slow backend does not
  // matter.
  options.exporter.retry_bytes_max = 1 << 20;
  options.ring_bytes = 256 << 10;
  TracerProvider provider = make_provider(std::move(options));
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> ended{0};
  std::latch started(2);
  const auto load = [&] {
    Tracer tracer = provider.get_tracer("load");
    for (bool first = true; !stop.load(); first = false) {
      tracer.start_span("s").end();
      ended.fetch_add(1);
      if (first) started.count_down();
    }
  };
  std::thread one(load);
  std::thread two(load);
  started.wait();
  for (int i = 0; i < 5; ++i) {
    const uint64_t before = ended.load();
    EXPECT_TRUE(provider.force_flush(1min));
    const Stats stats = provider.stats();
    EXPECT_GE(stats.exported + stats.dropped.ring_full, before);
  }
  stop.store(true);
  one.join();
  two.join();
  EXPECT_TRUE(provider.force_flush());
  const Stats stats = provider.stats();
  EXPECT_EQ(stats.recorded, ended.load());
  EXPECT_EQ(stats.recorded, stats.exported + stats.dropped.ring_full);
  EXPECT_EQ(stats.exported, backend.receiver().counts().unique_spans);
}

// ---- Bounds and faults

TEST(Lifecycle, a_batch_that_fills_the_queue_goes_at_once) {
  Backend backend(Route::http1_plain);
  Options options = options_for(backend);
  options.batch = {.delay_max = 1h, .spans_max = 100, .queue_spans_max = 100};
  TracerProvider provider = make_provider(std::move(options));
  for (uint64_t batch = 1; batch <= 3; ++batch) {
    end_spans(provider.get_tracer("t"), 100);  // what was sent has made room
    ASSERT_TRUE(backend.receiver().wait_for_requests(batch, 1min));
  }
  EXPECT_TRUE(provider.force_flush());
  const Stats stats = provider.stats();
  EXPECT_EQ(stats.exported, 300u);
  EXPECT_EQ(stats.recorded, 300u);
}

// The export thread's first failure holds it up in the log handler, for as long as the test wants.
class HeldExportThread {
 public:
  LogHandler handler() {
    return [this](Severity, std::string_view) {
      if (!std::exchange(has_arrived_, true)) arrived_.count_down();
      released_.wait();
    };
  }
  // Sends one span of its own to that end.
  void hold(TracerProvider& provider) {
    end_spans(provider.get_tracer("hold"), 1);
    EXPECT_FALSE(provider.force_flush(0ms));
    arrived_.wait();
  }
  void release() { released_.count_down(); }

 private:
  bool has_arrived_ = false;  // of the handler alone, whose calls come one by one
  std::latch arrived_{1};
  std::latch released_{1};
};

Backend backend_that_fails_once() {
  return Backend(Route::http1_plain, [](const RequestInfo& request) -> Reply {
    return {.status = request.index == 1 ? 503 : 200};
  });
}

TEST(Lifecycle, queue_spans_max_bounds_exactly) {
  Backend backend = backend_that_fails_once();
  HeldExportThread held;
  Options options = options_for(backend);
  options.batch = {.delay_max = 1h, .spans_max = 60, .queue_spans_max = 100};
  options.log_handler = held.handler();
  TracerProvider provider = make_provider(std::move(options));
  held.hold(provider);
  end_spans(provider.get_tracer("t"), 150);
  EXPECT_EQ(provider.stats().dropped.ring_full, 50u);
  held.release();
  EXPECT_TRUE(provider.force_flush());
  const Stats stats = provider.stats();
  EXPECT_EQ(stats.exported, 101u);
  EXPECT_EQ(stats.recorded, 151u);
  expect_balance(stats);
}

TEST(Lifecycle, the_log_is_told_that_rings_are_full) {
  Backend backend(Route::http1_plain);
  std::atomic<bool> told{false};
  Options options = options_for(backend);
  options.batch = {.delay_max = 1h, .spans_max = 1, .queue_spans_max = 1};
  options.log_handler = [&](Severity, std::string_view message) {
    if (message.find("rings are full") != std::string_view::npos) told.store(true);
  };
  TracerProvider provider = make_provider(std::move(options));
  while (provider.stats().dropped.ring_full == 0) end_spans(provider.get_tracer("t"), 100);
  while (!told.load()) EXPECT_TRUE(provider.force_flush());  // wakes the export thread
}

TEST(Lifecycle, a_backend_that_refuses_connections_costs_the_spans_alone) {
  Options options;
  options.exporter = refusing_exporter();
  options.exporter.retry_time_max = 0ms;
  options.log_handler = nullptr;
  TracerProvider provider = make_provider(std::move(options));
  end_spans(provider.get_tracer("t"), 20);
  const auto flushed = provider.force_flush();
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().code(), ErrorCode::delivery_failed);
  Stats stats = provider.stats();
  EXPECT_EQ(stats.recorded, 20u);
  EXPECT_EQ(stats.dropped.retry_expired, 20u);
  expect_balance(stats);
  EXPECT_EQ(stats.in_flight, 0u);
}

TEST(Lifecycle, shutdown_keeps_its_deadline_when_the_backend_is_dead) {
  for (const Route route : {Route::http1_plain, Route::http2_tls_gzip}) {
    Backend backend(route, stall);
    TracerProvider provider = make_provider(options_for_stalling(backend));
    end_spans(provider.get_tracer("t"), 7);
    const auto flushed = provider.force_flush(1ms);
    ASSERT_FALSE(flushed);
    EXPECT_EQ(flushed.error().code(), ErrorCode::deadline_exceeded);
    ASSERT_TRUE(backend.receiver().wait_for_requests(1, 1min));  // from here on nothing moves
    EXPECT_EQ(provider.stats().in_flight, 7u);
    expect_balance(provider.stats());
    EXPECT_FALSE(provider.shutdown(50ms));
    const Stats stats = provider.stats();
    EXPECT_EQ(stats.recorded, 7u);
    EXPECT_EQ(stats.dropped.after_shutdown, 7u);
    EXPECT_EQ(stats.in_flight, 0u);
    expect_balance(stats);
  }
}

TEST(Lifecycle, the_destructor_keeps_its_deadline_when_the_backend_is_dead) {
  Backend backend(Route::http1_plain, stall);
  Options options = options_for_stalling(backend);
  options.shutdown_timeout = 1s;
  TracerProvider provider = make_provider(std::move(options));
  end_spans(provider.get_tracer("t"), 7);
}

TEST(Lifecycle, every_answer_finds_its_place_in_the_ledger) {
  Backend backend(Route::http1_plain, [](const RequestInfo& request) -> Reply {
    switch (request.index) {
      case 1:
        return {.status = 503};
      case 2:  // the first batch again
        return {.partial_success = receiver::PartialSuccess{.rejected_spans = 4}};
      case 3:
        return {.status = 400};
      default:
        return {};
    }
  });
  Options options = options_for(backend);
  options.log_handler = nullptr;
  TracerProvider provider = make_provider(std::move(options));
  Tracer tracer = provider.get_tracer("t");
  for (const int count : {10, 20, 30}) {
    end_spans(tracer, count);
    static_cast<void>(provider.force_flush());
  }
  const Stats stats = provider.stats();
  EXPECT_EQ(stats.recorded, 60u);
  EXPECT_EQ(stats.rejected, 4u);
  EXPECT_EQ(stats.dropped.permanent_error, 20u);
  EXPECT_EQ(stats.exported, 36u);
  EXPECT_EQ(stats.requests, 4u);
  EXPECT_EQ(stats.retries, 1u);
  expect_balance(stats);
}

TEST(Lifecycle, no_span_reads_as_dropped_while_shutdown_delivers_it) {
  Backend backend = backend_that_fails_once();
  HeldExportThread held;
  Options options = options_for(backend);
  options.batch.spans_max = 1;
  options.log_handler = held.handler();
  TracerProvider provider = make_provider(std::move(options));
  held.hold(provider);
  Tracer tracer = provider.get_tracer("t");
  constexpr int kMoreThanBodies = 20;  // so the rest waits in its ring
  end_spans(tracer, kMoreThanBodies);
  std::thread ending([&] { EXPECT_TRUE(provider.shutdown(1h)); });
  while (tracer.enabled()) std::this_thread::yield();
  EXPECT_EQ(provider.stats().dropped.total(), 0u);
  held.release();
  ending.join();
  EXPECT_EQ(provider.stats().exported, kMoreThanBodies + 1u);
}

// ---- Options

TEST(Lifecycle, create_names_every_wrong_option_at_once) {
  Options options;
  options.exporter.endpoint = "localhost:4318";
  options.exporter.headers = {{"Api-Key", static_cast<const char*>(nullptr)}};
  options.exporter.requests_in_flight_max = 0;
  options.sampler = Sampler::trace_id_ratio(2);
  options.batch.spans_max = 0;
  options.ring_bytes = 300'000;
  const auto created = TracerProvider::create(std::move(options));
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code(), ErrorCode::invalid_options);
  for (const char* name : {"exporter.endpoint", "Api-Key", "exporter.requests_in_flight_max",
                           "sampler", "batch.spans_max", "ring_bytes"}) {
    EXPECT_NE(created.error().message().find(name), std::string::npos) << name;
  }
}

TEST(Lifecycle, a_header_without_value_is_named) {
  Options options;
  options.exporter.headers = {{"Mackerel-Api-Key", static_cast<const char*>(nullptr)}};
  const auto created = TracerProvider::create(std::move(options));
  ASSERT_FALSE(created);
  EXPECT_NE(created.error().message().find("Mackerel-Api-Key"), std::string::npos);
}

}  // namespace
}  // namespace cero::test
