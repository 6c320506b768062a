#include "soak/recording_episodes.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cero::soak {
namespace {

using namespace std::chrono_literals;
using test::DirectBackend;
using test::Route;

constexpr uint64_t kThreads = 2'000;
constexpr uint64_t kThreadsAtOnce = 100;

// What a coroutine's frame has in it.
struct Frame {
  ScopedSpan span;
};

// Frames on their way from thread to thread.
class Mailbox {
 public:
  // The one that it has no room for.
  std::unique_ptr<Frame> put(std::unique_ptr<Frame> frame, uint64_t place) {
    const std::lock_guard lock(mutex_);
    std::swap(frames_[place % frames_.size()], frame);
    return frame;
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Frame>> frames_{64};
};

class Crowd {
 public:
  Crowd(Tracer tracer, Tracer bounded) : tracer_(tracer), bounded_(bounded) {}

  void live(uint64_t seed) {
    Random random(seed);
    if (current_context().valid()) strangers_.fetch_add(1);
    const uint64_t rounds = 5 + random() % 20;
    for (uint64_t i = 0; i < rounds; ++i) {
      nest(random, 1 + random() % 30);
      hand_over(random);
      if (random() % 4 == 0) burst(1 + random() % 60);
    }
  }

  // Of both providers.
  uint64_t ended() const { return ended_.load(); }
  uint64_t ended_in_bursts() const { return ended_in_bursts_.load(); }
  // Threads on which something was current before they had made anything so.
  uint64_t strangers() const { return strangers_.load(); }

 private:
  void nest(Random& random, uint64_t depth) {
    const ScopedSpan span = tracer_.start_as_current_span("nested");
    ended_.fetch_add(1);
    if (depth > 1) nest(random, depth - 1);
  }
  // One that begins here and ends anywhere, in any order.
  void hand_over(Random& random) {
    constexpr uint64_t kLargeOneIn = 40;
    std::unique_ptr<Frame> frame(new Frame{tracer_.start_as_current_span("handed over")});
    ended_.fetch_add(1);
    if (random() % kLargeOneIn == 0)
      frame->span.set_attribute("large", std::string(70'000 + random() % 200'000, 'x'));
    frame = mailbox_.put(std::move(frame), random());
    tracer_.start_span("below whatever is current").end();
    ended_.fetch_add(1);
  }
  void burst(uint64_t spans) {
    end_spans(bounded_, spans);
    ended_.fetch_add(spans);
    ended_in_bursts_.fetch_add(spans);
  }

  Tracer tracer_;
  Tracer bounded_;
  std::atomic<uint64_t> ended_{0};
  std::atomic<uint64_t> ended_in_bursts_{0};
  std::atomic<uint64_t> strangers_{0};
  Mailbox mailbox_;
};

}  // namespace

EpisodeResult run_crowd(uint64_t seed) {
  Random random(seed);
  const Route route = random_route(random);
  DirectBackend backend(route, receiver::ReceiverOptions{});
  Options bounded_options = options_for(backend);
  bounded_options.batch.queue_spans_max = 2'048;
  bounded_options.batch.spans_max = 512;
  uint64_t ended = 0;
  uint64_t ended_in_bursts = 0;
  uint64_t strangers = 0;
  Stats stats;
  Stats bounded_stats;
  {
    TracerProvider provider = test::make_provider(options_for(backend));
    TracerProvider bounded = test::make_provider(std::move(bounded_options));
    {
      Crowd crowd(provider.get_tracer("soak"), bounded.get_tracer("soak"));
      for (uint64_t begun = 0; begun < kThreads; begun += kThreadsAtOnce) {
        std::vector<std::jthread> threads;
        for (uint64_t i = 0; i < kThreadsAtOnce; ++i)
          threads.emplace_back([&crowd, own_seed = random()] { crowd.live(own_seed); });
      }
      ended = crowd.ended();
      ended_in_bursts = crowd.ended_in_bursts();
      strangers = crowd.strangers();
    }
    static_cast<void>(provider.shutdown(1min));
    static_cast<void>(bounded.shutdown(1min));
    stats = provider.stats();
    bounded_stats = bounded.stats();
  }
  std::string faults;
  // The threads record as fast as they can, which may be faster than spans are sent. Rings that an
  // outage has filled keep what they took of rings_bytes_max.
  const auto are_sent_or_find_no_place = [](const Stats& of, uint64_t spans) {
    return of.exported + of.dropped.ring_full + of.dropped.no_memory == spans;
  };
  if (!are_sent_or_find_no_place(stats, ended - ended_in_bursts) ||
      !are_sent_or_find_no_place(bounded_stats, ended_in_bursts))
    faults += "spans were lost elsewhere than at a full ring or queue\n";
  if (stats.non_recording_no_memory != 0) faults += "spans found no memory to begin in\n";
  if (strangers != 0) faults += "something was current on a thread that had just come\n";
  stats += bounded_stats;
  EpisodeResult result = result_of(
      backend, stats, ended,
      test::to_text(route) + ", " + std::to_string(kThreads) + " threads, " +
          std::to_string(bounded_stats.dropped.ring_full) + " spans refused by the bounded queue");
  result.faults += faults;
  return result;
}

}  // namespace cero::soak
