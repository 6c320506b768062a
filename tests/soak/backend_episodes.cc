#include "soak/backend_episodes.h"

#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>

namespace cero::soak {
namespace {

using namespace std::chrono_literals;
using receiver::Fault;
using receiver::Reply;
using receiver::RequestInfo;
using test::DirectBackend;
using test::Route;

constexpr const char* kPoison = "poisoned operation";

// On the receiver's thread alone.
class PoisonedBackend {
 public:
  explicit PoisonedBackend(uint64_t seed) : random_(seed) {}

  Reply operator()(const RequestInfo& request) {
    constexpr std::array kLimits{SIZE_MAX, size_t{1'500}, size_t{4'000}};
    constexpr uint64_t kRequestsOfALimit = 30;
    constexpr uint64_t kUnansweredOneIn = 40;
    if (request.index % kRequestsOfALimit == 0) limit_ = kLimits[random_() % kLimits.size()];
    if (request.body.find(kPoison) != std::string_view::npos) return {.status = 503};
    if (request.request.body.size() > limit_ && request.span_count > 1) return {.status = 413};
    if (random_() % kUnansweredOneIn == 0) return {.fault = Fault::stall};
    return {};
  }

 private:
  Random random_;
  size_t limit_ = SIZE_MAX;
};

void end_batch(TracerProvider& provider, const Tracer& tracer, std::string_view name,
               uint64_t spans) {
  for (uint64_t i = 0; i < spans; ++i)
    tracer.start_span(name).set_attribute("number", static_cast<int64_t>(i));
  static_cast<void>(provider.force_flush(2ms));  // closes it
}

}  // namespace

EpisodeResult run_poison(uint64_t seed) {
  constexpr uint64_t kRounds = 150;
  constexpr uint64_t kGoodSpans = 60;
  constexpr uint64_t kBadSpans = 10;
  Random random(seed);
  const Route route = random_route(random);
  DirectBackend backend(route, PoisonedBackend(random()));
  Options options = options_for(backend);
  options.batch.delay_max = 1h;
  options.exporter.timeout = 300ms;
  options.exporter.retry_time_max = 3s;  // several requests without an answer cost no good span
  Stats stats;
  {
    TracerProvider provider = test::make_provider(std::move(options));
    const Tracer tracer = provider.get_tracer("soak");
    for (uint64_t round = 0; round < kRounds; ++round) {
      end_batch(provider, tracer, "operation", kGoodSpans);
      if (round % 5 == 0) end_batch(provider, tracer, kPoison, kBadSpans);
    }
    // What is poisoned goes on failing: the wait is for the others, and they need less.
    static_cast<void>(provider.shutdown(10s));
    stats = provider.stats();
  }
  constexpr uint64_t kBad = kRounds / 5 * kBadSpans;
  EpisodeResult result =
      result_of(backend, stats, kRounds * kGoodSpans + kBad, test::to_text(route));
  if (stats.exported != kRounds * kGoodSpans) result.faults += "a good span was not exported\n";
  if (stats.dropped.retry_expired + stats.dropped.after_shutdown != kBad)
    result.faults += "poisoned spans ended for another reason\n";
  return result;
}

EpisodeResult run_idle(uint64_t seed) {
  constexpr std::chrono::milliseconds kPhase = 3s;
  constexpr auto kCpuMax = kPhase / 100;
  Random random(seed);
  const Route route = random_route(random);
  const std::array<std::pair<const char*, Reply>, 3> phases{{
      {"beside a closed connection", {.fault = Fault::close_after_reply}},
      {"while the backend asks for a wait", {.status = 503, .headers = {{"retry-after", "2"}}}},
      {"while a request has no answer", {.fault = Fault::stall}},
  }};
  std::atomic<size_t> phase{phases.size()};
  DirectBackend backend(route, [&](const RequestInfo&) {
    const size_t now = phase.exchange(phases.size());  // for the first request of each
    return now < phases.size() ? phases[now].second : Reply{};
  });
  Options options = options_for(backend);
  options.exporter.timeout = 4s;
  uint64_t ended = 0;
  Stats stats;
  std::string busy;
  {
    TracerProvider provider = test::make_provider(std::move(options));
    const Tracer tracer = provider.get_tracer("soak");
    const auto cpu = [&] {
      const Stats now = provider.stats();
      return std::chrono::nanoseconds(now.batch_cpu_ns + now.export_cpu_ns);
    };
    for (size_t i = 0; i < phases.size(); ++i) {
      phase.store(i);
      end_batch(provider, tracer, "operation", 10);
      ended += 10;
      std::this_thread::sleep_for(200ms);
      const auto before = cpu();
      std::this_thread::sleep_for(kPhase);
      const auto used = std::chrono::duration_cast<std::chrono::milliseconds>(cpu() - before);
      if (used > kCpuMax) {
        busy += "cero's threads were busy for " + std::to_string(used.count()) + " ms " +
                phases[i].first + "\n";
      }
      if (!provider.force_flush(1min)) busy += "the flush after a phase failed\n";
    }
    static_cast<void>(provider.shutdown(1min));
    stats = provider.stats();
  }
  EpisodeResult result = result_of(backend, stats, ended, test::to_text(route));
  if (stats.exported != ended) result.faults += "not every span was exported\n";
  result.faults += busy;
  return result;
}

}  // namespace cero::soak
