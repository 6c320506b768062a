#include "fault/chaos.h"

#include <array>
#include <atomic>
#include <chrono>
#include <random>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "fault/ledger_check.h"

namespace cero::test {
namespace {

using namespace std::chrono_literals;

// An attempt that stalls ends by it.
constexpr auto kTimeout = 200ms;
constexpr auto kShutdownDeadline = 20s;

constexpr std::string_view kSteps[] = {
    "status 503",
    "status 502",
    "status 429",
    "status 503, plain http",
    "status 503, stored",
    "status 400",
    "status 500",
    "grpc-status 14",
    "grpc-status 14, behind headers",
    "grpc-status 8 retry-delay 2ms",
    "partial-success 3",
    "partial-success 1000",
    "wrong content-type",
    "malformed protobuf",
    "bad gzip",
    "gzip bomb 5MiB",
    "huge 5MiB",
    "ok, delay 5ms",
    "trickle 1ms",
    "truncated",
    "truncated, stored",
    "garbage",
    "stall headers",
    "stall headers, stored",
    "stall body",
    "stall upload",
    "close",
    "close after answer",
    "close upload",
    "reset",
    "reset, stored",
    "reset upload",
    "rst refused_stream",
    "rst internal_error",
    "rst enhance_your_calm",
    "goaway",
    "3 times: goaway",
    "goaway refused",
    "for 30ms: refuse",
    "for 5ms: refuse",
    "hang up",
    "2 times: hang up reset",
    "silence",
};
constexpr std::string_view kTlsSteps[] = {
    "tls alert", "tls plaintext", "tls expired", "tls wrong-host", "tls unknown-ca", "window 200",
};

using Random = std::mt19937_64;

uint64_t below(Random& random, uint64_t bound) { return random() % bound; }

// Between the faults some requests are let pass, so that spans arrive.
std::string random_script(Random& random, bool tls) {
  std::string script;
  const uint64_t steps = 6 + below(random, 10);
  for (uint64_t i = 0; i < steps; ++i) {
    script += std::to_string(1 + below(random, 6)) + " times: ok\n";
    const uint64_t choice = below(random, std::size(kSteps) + (tls ? std::size(kTlsSteps) : 0));
    script += choice < std::size(kSteps) ? kSteps[choice] : kTlsSteps[choice - std::size(kSteps)];
    script += "\n";
  }
  return script + "repeat\n";
}

// One of the threads that make spans; it hands over to new ones, as the threads of a pool do.
class Producer {
 public:
  Producer(TracerProvider& provider, uint64_t seed, uint64_t spans)
      : provider_(provider), random_(seed), left_(spans), thread_([this] { run(); }) {}
  ~Producer() { join(); }

  void join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run() {
    while (left_ > 0) {
      const uint64_t part = std::min(left_, 1 + below(random_, 500));
      std::thread([this, part] { end_spans(part); }).join();
      left_ -= part;
    }
  }

  void end_spans(uint64_t count) {
    Tracer tracer = provider_.get_tracer("chaos");
    const uint64_t burst = 1 + below(random_, 64);
    for (uint64_t i = 0; i < count; ++i) {
      Span span = tracer.start_span("operation");
      span.set_attribute("number", static_cast<int64_t>(i));
      span.end();
      if (i % burst == 0) std::this_thread::yield();
    }
  }

  TracerProvider& provider_;
  Random random_;
  uint64_t left_;
  std::thread thread_;
};

Options options_for(const ChaosPlan& plan, const Backend& backend) {
  Options options;
  options.exporter = backend.exporter();
  options.exporter.timeout = kTimeout;
  options.exporter.requests_in_flight_max = plan.requests_in_flight_max;
  options.exporter.retry_bytes_max = 1 << 20;
  options.rings_bytes_max = 32 << 20;
  options.batch.spans_max = plan.batch_spans_max;
  options.batch.delay_max = 5ms;
  options.log_handler = nullptr;
  return options;
}

// Until all spans have ended, and with a flush or two in each moment.
void produce(TracerProvider& provider, const ChaosPlan& plan) {
  std::atomic<bool> done{false};
  std::thread flushing([&] {
    while (!done.load()) static_cast<void>(provider.force_flush(20ms));
  });
  {
    Random random(plan.seed);
    std::vector<std::unique_ptr<Producer>> producers;
    for (uint32_t i = 0; i < plan.threads; ++i) {
      producers.push_back(std::make_unique<Producer>(provider, random(), plan.spans_per_thread));
    }
  }
  done.store(true);
  flushing.join();
}

}  // namespace

ChaosPlan make_chaos(uint64_t seed, Route route, uint64_t spans_per_thread) {
  Random random(seed);
  ChaosPlan plan{.seed = random(), .route = route, .spans_per_thread = spans_per_thread};
  plan.script = random_script(random, route != Route::http1_plain);
  plan.threads = static_cast<uint32_t>(1 + below(random, 6));
  plan.batch_spans_max = static_cast<uint32_t>(10 + below(random, 200));
  plan.requests_in_flight_max = static_cast<uint32_t>(1 + below(random, 8));
  return plan;
}

ChaosOutcome live_through(const ChaosPlan& plan) {
  auto script = receiver::parse_fault_script(plan.script);
  if (!script) throw std::runtime_error(script.error().message());
  DirectBackend backend(plan.route, receiver::ReceiverOptions{.faults = *std::move(script)});
  ChaosOutcome outcome;
  outcome.ended = plan.threads * plan.spans_per_thread;
  {
    TracerProvider provider = make_provider(options_for(plan, backend));
    produce(provider, plan);
    static_cast<void>(provider.shutdown(kShutdownDeadline));
    outcome.stats = provider.stats();
  }
  backend.receiver().stop();
  outcome.counts = backend.receiver().counts();
  // A busy machine may let any attempt time out, after its spans were taken.
  outcome.faults = ledger_faults(outcome.stats, outcome.counts, outcome.ended,
                                 unanswered_attempts(outcome.stats) * plan.batch_spans_max);
  return outcome;
}

}  // namespace cero::test
