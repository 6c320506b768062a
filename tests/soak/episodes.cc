#include "soak/episodes.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "fault/chaos.h"
#include "loadgen/ledger.h"
#include "pipeline/backend.h"
#include "soak/backend_episodes.h"
#include "soak/fork_episode.h"
#include "soak/recording_episodes.h"

namespace cero::soak {
namespace {

using namespace std::chrono_literals;
using test::DirectBackend;
using test::Route;

EpisodeResult run_chaos(uint64_t seed) {
  Random random(seed);
  const Route route = random_route(random);
  const test::ChaosPlan plan = test::make_chaos(random(), route, 5'000 + random() % 50'000);
  const test::ChaosOutcome outcome = test::live_through(plan);
  EpisodeResult result{
      .what = test::to_text(route) + ", " + std::to_string(plan.threads) + " threads",
      .ended = outcome.ended,
      .stats = outcome.stats,
      .faults = outcome.faults};
  for (const auto& [action, times] : outcome.counts.faults) result.faults_met += times;
  if (!result.faults.empty()) result.faults += "under this script:\n" + plan.script;
  return result;
}

// Longer than the buffers last, and then everything that was kept arrives.
EpisodeResult run_outage(uint64_t seed) {
  constexpr uint64_t kLostSpans = 100'000;
  Random random(seed);
  const Route route = random_route(random);
  std::atomic<bool> away{true};
  DirectBackend backend(route, receiver::ReceiverOptions{.on_request = [&](const auto&) {
                          return receiver::Reply{.status = away.load() ? 503 : 200};
                        }});
  Options options = options_for(backend);
  options.exporter.retry_bytes_max = 4 << 20;
  options.ring_bytes = 1 << 20;
  uint64_t ended = 0;
  Stats stats;
  bool delivered = false;
  {
    TracerProvider provider = test::make_provider(std::move(options));
    Tracer tracer = provider.get_tracer("soak");
    for (; provider.stats().dropped.total() < kLostSpans; ended += 1'000) end_spans(tracer, 1'000);
    away.store(false);
    delivered = provider.force_flush(1min).has_value();
    static_cast<void>(provider.shutdown(1min));
    stats = provider.stats();
  }
  EpisodeResult result = result_of(backend, stats, ended, test::to_text(route));
  if (!delivered) result.faults += "the flush after the outage failed\n";
  // The rings of earlier episodes may have left this one no memory.
  if (stats.dropped.total() != stats.dropped.ring_full + stats.dropped.no_memory) {
    result.faults += "spans were dropped elsewhere than at the full ring\n";
  }
  return result;
}

EpisodeResult run_threads(uint64_t seed) {
  constexpr uint64_t kThreads = 3'000;
  constexpr uint64_t kAtOnce = 50;
  constexpr uint64_t kSpans = 5;
  Random random(seed);
  const Route route = random_route(random);
  DirectBackend backend(route, receiver::ReceiverOptions{});
  Stats stats;
  {
    TracerProvider provider = test::make_provider(options_for(backend));
    for (uint64_t begun = 0; begun < kThreads; begun += kAtOnce) {
      std::vector<std::jthread> threads;
      for (uint64_t i = 0; i < kAtOnce; ++i) {
        threads.emplace_back(
            [tracer = provider.get_tracer("soak")]() mutable { end_spans(tracer, kSpans); });
      }
    }
    static_cast<void>(provider.shutdown(1min));
    stats = provider.stats();
  }
  EpisodeResult result = result_of(backend, stats, kThreads * kSpans,
                                   test::to_text(route) + ", " + std::to_string(kThreads) +
                                       " threads, " + std::to_string(kAtOnce) + " at once");
  // Rings that an outage has filled keep what they took of rings_bytes_max, so that those of new
  // threads may find none left.
  if (stats.exported + stats.dropped.no_memory != kThreads * kSpans) {
    result.faults += "spans were neither exported nor without a ring's memory\n";
  }
  return result;
}

// Some are destroyed without a flush, some while another lives.
EpisodeResult run_providers(uint64_t seed) {
  constexpr uint64_t kProviders = 150;
  Random random(seed);
  const Route route = random_route(random);
  DirectBackend backend(route, receiver::ReceiverOptions{});
  Stats stats;
  uint64_t ended = 0;
  std::optional<TracerProvider> before;
  const auto end_life = [&](TracerProvider& provider) {
    static_cast<void>(provider.shutdown(1min));
    stats += provider.stats();
  };
  for (uint64_t i = 0; i < kProviders; ++i) {
    TracerProvider provider = test::make_provider(options_for(backend));
    Tracer tracer = provider.get_tracer("soak");
    const uint64_t spans = random() % 50;
    end_spans(tracer, spans);
    ended += spans;
    if (random() % 2 == 0) static_cast<void>(provider.force_flush(1min));
    if (before) end_life(*before);
    before.emplace(std::move(provider));
  }
  end_life(*before);
  EpisodeResult result =
      result_of(backend, stats, ended,
                test::to_text(route) + ", " + std::to_string(kProviders) + " providers");
  if (stats.exported != ended) result.faults += "not every span was exported\n";
  return result;
}

constexpr EpisodeKind kKinds[] = {
    {"chaos", run_chaos},         {"outage", run_outage}, {"threads", run_threads},
    {"providers", run_providers}, {"poison", run_poison}, {"idle", run_idle},
    {"crowd", run_crowd},
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    {"forks", run_forks},  // those of gcc 12 let no child of a process with threads go on
#endif
};

}  // namespace

std::span<const EpisodeKind> episode_kinds() { return kKinds; }

}  // namespace cero::soak
