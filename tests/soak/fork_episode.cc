#include "soak/fork_episode.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "loadgen/ledger.h"

namespace cero::soak {
namespace {

using namespace std::chrono_literals;
using test::DirectBackend;
using test::Route;

enum class ChildKind { records, exits, execs, ends_at_once };
constexpr std::array kKinds{ChildKind::records, ChildKind::exits, ChildKind::execs,
                            ChildKind::ends_at_once};

std::string to_text(ChildKind kind) {
  switch (kind) {
    case ChildKind::records:
      return "records";
    case ChildKind::exits:
      return "exits";
    case ChildKind::execs:
      return "execs";
    case ChildKind::ends_at_once:
      return "ends at once";
  }
  return "";
}

struct ChildPlan {
  ChildKind kind;
  uint64_t spans;  // on each of two threads, if it records
  bool exits;      // in the end, with the handlers that are registered for it; or not
};

ChildPlan random_plan(Random& random) {
  return {.kind = kKinds[random() % kKinds.size()],
          .spans = 1 + random() % 300,
          .exits = random() % 2 == 0};
}

// What a child that has recorded sends. It is far smaller than a pipe, so that it is written and
// read at once.
struct Report {
  Stats stats;
  bool shut_down;
};
static_assert(std::is_trivially_copyable_v<Report>);

bool record_and_report(TracerProvider& provider, Tracer& tracer, uint64_t spans, int to) {
  std::thread other([&] {
    Tracer own = provider.get_tracer("of a child");
    end_spans(own, spans);
  });
  end_spans(tracer, spans);
  other.join();
  const bool shut_down = provider.shutdown(1min).has_value();
  const Report report{.stats = provider.stats(), .shut_down = shut_down};
  return write(to, &report, sizeof report) == sizeof report;
}

[[noreturn]] void run_child(const ChildPlan& plan, TracerProvider& provider, Tracer& tracer,
                            int to) {
  int status = 0;
  if (plan.kind == ChildKind::records)
    status = record_and_report(provider, tracer, plan.spans, to) ? 0 : 1;
  if (plan.kind == ChildKind::execs) {
    execl("/bin/true", "true", nullptr);
    status = 1;
  }
  const bool by_exit = plan.kind == ChildKind::records ? plan.exits : plan.kind == ChildKind::exits;
  if (by_exit) std::exit(status);
  _exit(status);
}

class Child {
 public:
  Child(const ChildPlan& plan, TracerProvider& provider, Tracer& tracer) : plan_(plan) {
    std::array<int, 2> ends;
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return;
    from_ = ends[0];
    std::fflush(nullptr);  // what was printed is not printed again by the child
    pid_ = fork();
    if (pid_ == 0) run_child(plan, provider, tracer, ends[1]);
    close(ends[1]);
  }
  ~Child() {
    if (from_ >= 0) close(from_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Waits for its end. Adds what it recorded; "" when all went well.
  std::string collect(uint64_t& ended, Stats& sum) {
    if (pid_ < 0) return "a child could not be forked\n";
    std::string faults;
    pollfd end{.fd = from_, .events = POLLIN, .revents = 0};
    const bool hangs = poll(&end, 1, kEndsWithinMs) == 0;
    if (hangs) kill(pid_, SIGKILL);
    Report report;
    const bool reported = read(from_, &report, sizeof report) == sizeof report;
    int status = -1;
    waitpid(pid_, &status, 0);
    if (hangs) return fault("hangs");
    if (status != 0) faults += fault("ended with status " + std::to_string(status));
    if (reported != (plan_.kind == ChildKind::records))
      return faults + fault(reported ? "has a ledger" : "has no ledger");
    if (!reported) return faults;
    if (!report.shut_down) faults += fault("was not shut down in time");
    if (report.stats.recorded != 2 * plan_.spans) faults += fault("began with spans not its own");
    ended += 2 * plan_.spans;
    sum += report.stats;
    return faults;
  }

 private:
  static constexpr int kEndsWithinMs = 120'000;

  std::string fault(const std::string& what) const {
    return "a child that " + to_text(plan_.kind) + " " + what + "\n";
  }

  const ChildPlan plan_;
  int from_ = -1;
  pid_t pid_ = -1;
};

// Threads that record, each with a flush between its bursts, so that no ring overflows.
class Load {
 public:
  Load(TracerProvider& provider, Random& random) {
    const uint64_t threads = 1 + random() % 4;
    for (uint64_t i = 0; i < threads; ++i)
      threads_.emplace_back([this, &provider, seed = random()] { run(provider, Random(seed)); });
  }
  ~Load() { end(); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  uint64_t end() {
    done_.store(true);
    threads_.clear();
    return ended_.load();
  }

 private:
  void run(TracerProvider& provider, Random random) {
    Tracer tracer = provider.get_tracer("of the parent");
    while (!done_.load()) {
      const uint64_t spans = 1 + random() % 1'000;
      end_spans(tracer, spans);
      ended_ += spans;
      static_cast<void>(provider.force_flush(1min));
    }
  }

  std::atomic<bool> done_{false};
  std::atomic<uint64_t> ended_{0};
  std::vector<std::jthread> threads_;
};

std::string fork_children(TracerProvider& provider, Random& random, uint64_t count, uint64_t& ended,
                          Stats& sum) {
  constexpr uint64_t kAtOnceMax = 6;
  Tracer tracer = provider.get_tracer("of the parent");
  std::string faults;
  while (count > 0) {
    std::vector<std::unique_ptr<Child>> children;
    for (uint64_t left = std::min(count, 1 + random() % kAtOnceMax); left > 0; --left, --count)
      children.push_back(std::make_unique<Child>(random_plan(random), provider, tracer));
    for (const auto& child : children) faults += child->collect(ended, sum);
  }
  return faults;
}

}  // namespace

EpisodeResult run_forks(uint64_t seed) {
  Random random(seed);
  const Route route = random_route(random);
  const uint64_t children = 100 + random() % 400;
  DirectBackend backend(route, receiver::ReceiverOptions{});
  Stats stats;
  uint64_t ended = 0;
  std::string faults;
  {
    Options options = options_for(backend);
    options.batch.delay_max = 5ms;  // so that a fork comes into the midst of requests
    TracerProvider provider = test::make_provider(std::move(options));
    Load load(provider, random);
    faults = fork_children(provider, random, children, ended, stats);
    ended += load.end();
    static_cast<void>(provider.shutdown(1min));
    stats += provider.stats();
  }
  if (waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD) faults += "a child is left over\n";
  EpisodeResult result = result_of(
      backend, stats, ended, test::to_text(route) + ", " + std::to_string(children) + " children");
  // As with threads, rings may find no memory after an outage.
  if (stats.exported + stats.dropped.no_memory + stats.dropped.ring_full != ended)
    faults += "spans were neither exported nor without room in a ring\n";
  result.faults += faults;
  return result;
}

}  // namespace cero::soak
