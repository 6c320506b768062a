// cero-soak: hardship for as long as one likes; `./dev soak` runs it. Each episode ends with the
// ledger held against what the receiver counted, and the process must not grow from one to the
// next.
#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <random>
#include <string>

#include "soak/episodes.h"
#include "soak/process_watch.h"
#include "soak/summary.h"

namespace cero::soak {
namespace {

using Clock = std::chrono::steady_clock;

volatile std::sig_atomic_t stop_asked = 0;

// The second one ends the program at once.
void stop_on_signal(int signal) {
  struct sigaction action = {};
  action.sa_handler = [](int) { stop_asked = 1; };
  action.sa_flags = SA_RESETHAND | SA_RESTART;
  sigaction(signal, &action, nullptr);
}

struct SoakOptions {
  double minutes = 10;
  uint64_t seed = std::random_device{}();
  std::optional<uint64_t> episode;  // this one alone
};

std::optional<int> parse(int argc, char** argv, SoakOptions& options) {
  CLI::App app(
      "Lives through chaos, outages, short-lived threads and providers, refused batches, idle "
      "phases, and forks (not with a sanitizer: a child of a process with threads hangs in those "
      "of gcc 12), with the ledger held against a receiver after each.",
      "cero-soak");
  app.add_option("--minutes", options.minutes, "How long; the episode at hand is finished")
      ->check(CLI::Range(0.01, 10'000.0))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Of all that is random; printed at the start");
  app.add_option("--episode", options.episode, "Run the episode of this number alone");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return std::nullopt;
}

// The same for the same number, whatever ran before it.
uint64_t seed_of(const SoakOptions& options, uint64_t number) {
  std::seed_seq sequence{options.seed, options.seed >> 32, number};
  return std::mt19937_64(sequence)();
}

class Soak {
 public:
  explicit Soak(const SoakOptions& options) : options_(options) {}

  int run() {
    std::printf("soak: --seed %llu, %g minutes; Ctrl-C ends it after the episode at hand\n",
                static_cast<unsigned long long>(options_.seed), options_.minutes);
    if (options_.episode) {
      run_episode(*options_.episode);
    } else {
      const auto whole = std::chrono::duration_cast<Clock::duration>(
          std::chrono::duration<double>(options_.minutes * 60));
      for (uint64_t number = 0; Clock::now() < began_ + whole && stop_asked == 0; ++number) {
        run_episode(number);
        watch_.add(measure_process_use(), Clock::now() > began_ + whole / 2);
      }
    }
    std::printf("\n%s%s%s", summary_.table().c_str(), watch_.summary().c_str(),
                watch_.growth().c_str());
    return summary_.failed() == 0 && watch_.growth().empty() ? 0 : 1;
  }

 private:
  void run_episode(uint64_t number) {
    const EpisodeKind& kind = episode_kinds()[number % episode_kinds().size()];
    const EpisodeResult result = kind.run(seed_of(options_, number));
    summary_.add(kind.name, result);
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - began_).count();
    std::printf(
        "%4lld s  episode %llu, %s: %s; %llu spans, %llu exported, %llu dropped, %llu "
        "faults; %s\n",
        static_cast<long long>(seconds), static_cast<unsigned long long>(number), kind.name,
        result.what.c_str(), static_cast<unsigned long long>(result.ended),
        static_cast<unsigned long long>(result.stats.exported),
        static_cast<unsigned long long>(result.stats.dropped.total()),
        static_cast<unsigned long long>(result.faults_met), to_text(measure_process_use()).c_str());
    if (!result.faults.empty()) {
      std::printf("FAILED; again: ./dev soak --seed %llu --episode %llu\n%s",
                  static_cast<unsigned long long>(options_.seed),
                  static_cast<unsigned long long>(number), result.faults.c_str());
    }
    std::fflush(stdout);
  }

  const SoakOptions options_;
  const Clock::time_point began_ = Clock::now();
  Summary summary_;
  ProcessWatch watch_;
};

}  // namespace
}  // namespace cero::soak

int main(int argc, char** argv) {
  using namespace cero::soak;
  SoakOptions options;
  if (const auto exit_code = parse(argc, argv, options)) return *exit_code;
  stop_on_signal(SIGINT);
  stop_on_signal(SIGTERM);
  return Soak(options).run();
}
