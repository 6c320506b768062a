// Goal: whatever threads, providers, flushes and moved spans do at once, the ledger is right to the
// span at the end, and what the backend holds is what was ended, id by id. Method: the public API
// against a receiver in this process; requests read back with protobuf. The seed is printed.
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "cero/cero.h"
#include "otlp/trace.pb.h"
#include "receiver/receiver.h"
#include "support/seed.h"

namespace cero::test {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::minutes kLong{1};

using Id = std::string;  // trace id and span id
using Ids = std::multiset<Id>;

Id id_of(const SpanContext& context) {
  Id id(context.trace_id().bytes().begin(), context.trace_id().bytes().end());
  return id.append(context.span_id().bytes().begin(), context.span_id().bytes().end());
}

// The ids of ended spans, and spans that one thread has left for another to end.
class SharedSpans {
 public:
  void leave(Span span) {
    const std::lock_guard lock(mutex_);
    left_.push_back(std::move(span));
  }
  Span take() {
    const std::lock_guard lock(mutex_);
    if (left_.empty()) return {};
    Span span = std::move(left_.back());
    left_.pop_back();
    return span;
  }
  void add_ended(const std::vector<Id>& ids) {
    const std::lock_guard lock(mutex_);
    ended_.insert(ids.begin(), ids.end());
  }
  const Ids& ended() const { return ended_; }

 private:
  std::mutex mutex_;
  std::vector<Span> left_;
  Ids ended_;
};

// What one thread does in its short life.
class Worker {
 public:
  Worker(Tracer tracer, SharedSpans& spans, uint64_t seed)
      : tracer_(tracer), spans_(spans), random_(seed) {}

  void run() {
    for (uint64_t left = random_() % 300; left > 0; --left) step();
    spans_.add_ended(ended_);
  }

 private:
  void step() {
    Span span = tracer_.start_span("operation", {.kind = SpanKind::server});
    ASSERT_TRUE(span.is_recording());
    span.set_attribute("number", random_());
    if (random_() % 4 == 0) span.set_attribute("text", std::string(random_() % 3000, 'x'));
    if (random_() % 4 == 0) span.add_event("event");
    switch (random_() % 4) {
      case 0:
        return spans_.leave(std::move(span));
      case 1:
        spans_.leave(std::move(span));
        return end(spans_.take());
      default:
        return end(std::move(span));
    }
  }
  void end(Span span) {
    if (!span.is_recording()) return;
    ended_.push_back(id_of(span.context()));
    span.end();
  }

  Tracer tracer_;
  SharedSpans& spans_;
  std::mt19937_64 random_;
  std::vector<Id> ended_;
};

class Backend {
 public:
  Backend() {
    auto started = receiver::Receiver::start({.keep_requests = true});
    EXPECT_TRUE(started);
    receiver_ = std::move(started).value();
  }
  const std::string& url() const { return receiver_->urls().front(); }

  Ids take_ids() {
    Ids ids;
    for (const receiver::ReceivedRequest& received : receiver_->take_requests()) {
      EXPECT_EQ(received.status, 200);
      otlp::ExportTraceServiceRequest request;
      EXPECT_TRUE(request.ParseFromString(received.request.body));
      for (const auto& scope_spans : request.resource_spans(0).scope_spans()) {
        for (const otlp::Span& span : scope_spans.spans()) {
          ids.insert(span.trace_id() + span.span_id());
        }
      }
    }
    return ids;
  }

 private:
  std::unique_ptr<receiver::Receiver> receiver_;
};

TracerProvider make_provider(const std::string& url) {
  Options options;
  options.exporter.endpoint = url;
  options.exporter.compression = Compression::gzip;
  options.batch.delay_max = milliseconds(5);
  options.batch.spans_max = 200;
  auto made = TracerProvider::create(std::move(options));
  EXPECT_TRUE(made);
  return std::move(made).value();
}

void expect_balanced(const Stats& stats) {
  EXPECT_EQ(stats.recorded,
            stats.exported + stats.rejected + stats.dropped.total() + stats.in_flight);
}

// Threads come and go while others flush; returns when all of them have ended.
void run_threads(TracerProvider& provider, SharedSpans& spans, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::atomic<bool> done{false};
  std::vector<std::thread> flushing;
  for (int i = 0; i < 2; ++i) {
    flushing.emplace_back([&] {
      while (!done.load()) EXPECT_TRUE(provider.force_flush(kLong));
    });
  }
  std::thread reading([&] {
    Stats before;
    while (!done.load()) {
      const Stats now = provider.stats();
      EXPECT_GE(now.recorded, before.recorded);
      EXPECT_GE(now.exported, before.exported);
      EXPECT_LE(now.exported, now.recorded);
      before = now;
    }
  });
  for (int round = 0; round < 5; ++round) {
    std::vector<std::thread> working;
    for (int i = 0; i < 5; ++i) {
      working.emplace_back([tracer = provider.get_tracer("stress"), &spans, seed = random()] {
        Worker(tracer, spans, seed).run();
      });
    }
    for (std::thread& thread : working) thread.join();
  }
  done.store(true);
  for (std::thread& thread : flushing) thread.join();
  reading.join();
}

void end_what_is_left(SharedSpans& spans) {
  std::vector<Id> ids;
  while (true) {
    Span span = spans.take();
    if (!span.is_recording()) break;
    ids.push_back(id_of(span.context()));
    span.end();
  }
  spans.add_ended(ids);
}

void live_through_a_provider(uint64_t seed) {
  Backend backend;
  SharedSpans spans;
  Span survivor;
  {
    TracerProvider provider = make_provider(backend.url());
    run_threads(provider, spans, seed);
    end_what_is_left(spans);
    survivor = provider.get_tracer("stress").start_span("outlives its provider");
    EXPECT_TRUE(provider.shutdown(kLong));
    const Stats stats = provider.stats();
    expect_balanced(stats);
    EXPECT_EQ(stats.recorded, spans.ended().size());
    EXPECT_EQ(stats.exported, spans.ended().size());
    EXPECT_EQ(stats.in_flight, 0);
  }
  survivor.end();  // nobody's any more
  const Ids received = backend.take_ids();
  EXPECT_EQ(received, spans.ended());
  EXPECT_EQ(std::set<Id>(received.begin(), received.end()).size(), received.size());
}

TEST(ProviderStress, delivers_every_ended_span_once) {
  std::mt19937_64 random(test_seed());
  constexpr int kAtOnce = 2;
  std::vector<std::thread> living;
  for (int i = 0; i < kAtOnce; ++i) {
    living.emplace_back([seed = random()] {
      std::mt19937_64 own(seed);
      for (int life = 0; life < 6; ++life) live_through_a_provider(own());
    });
  }
  for (std::thread& thread : living) thread.join();
}

// Spans go on ending while their provider shuts down: each is exported or counted, none is both.
TEST(ProviderStress, balances_when_spans_end_during_shutdown) {
  std::mt19937_64 random(test_seed());
  for (int round = 0; round < 5; ++round) {
    Backend backend;
    TracerProvider provider = make_provider(backend.url());
    std::atomic<uint64_t> ended{0};
    std::atomic<bool> done{false};
    std::vector<std::thread> working;
    for (int i = 0; i < 3; ++i) {
      working.emplace_back([&, tracer = provider.get_tracer("stress")]() mutable {
        while (!done.load()) {
          Span span = tracer.start_span("operation");
          const bool recording = span.is_recording();
          span.end();
          ended += recording ? 1 : 0;
        }
      });
    }
    while (ended.load() < random() % 2000) std::this_thread::yield();
    static_cast<void>(provider.shutdown(kLong));
    done.store(true);
    for (std::thread& thread : working) thread.join();
    const Stats stats = provider.stats();
    expect_balanced(stats);
    EXPECT_EQ(stats.recorded, ended.load());
    EXPECT_EQ(stats.in_flight, 0);
    EXPECT_EQ(backend.take_ids().size(), stats.exported);
  }
}

}  // namespace
}  // namespace cero::test
