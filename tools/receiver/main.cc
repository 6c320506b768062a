// cero-receiver: the receiver as a program. Signals are waited for, so that no handler is needed.
#include <pthread.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include "receiver/command_line.h"
#include "receiver/counts.h"
#include "receiver/live_line.h"
#include "receiver/otlp_json.h"
#include "receiver/receiver.h"
#include "receiver/tree_printer.h"

namespace cero::receiver {
namespace {

constexpr std::chrono::milliseconds kTreeInterval{500};

void print_line(const std::string& line) {
  std::puts(line.c_str());
  std::fflush(stdout);  // a script waits for it at the other end of a pipe
}

int fail(const std::string& message) {
  std::fprintf(stderr, "cero-receiver: %s\n", message.c_str());
  return 1;
}

Reply print_json(const RequestInfo& request) {
  const std::optional<std::string> json = to_otlp_json(request.body);
  if (!json) return error_reply(400, "the body is not a valid ExportTraceServiceRequest");
  print_line(*json);
  return {};
}

sigset_t ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

timespec to_timespec(std::chrono::milliseconds time) {
  return {time.count() / 1000, time.count() % 1000 * 1'000'000};
}

// Until one of the signals comes. Wakes up only for what has to be shown meanwhile.
void wait_for_end(const sigset_t& signals, const Receiver& receiver, LiveLine* live,
                  TreePrinter* trees) {
  const timespec interval = to_timespec(live != nullptr ? live->interval() : kTreeInterval);
  const timespec* const timeout = live != nullptr || trees != nullptr ? &interval : nullptr;
  do {
    if (live != nullptr) live->show(receiver.counts());
    if (trees != nullptr) trees->tick();
    // A stop and continue from the shell interrupts the wait without one of the signals.
  } while ((timeout != nullptr ? sigtimedwait(&signals, nullptr, timeout)
                               : sigwaitinfo(&signals, nullptr)) < 0);
}

int run(CommandLine line) {
  // Blocked from the start, so that a signal sent right after "listening" still gets its answer.
  const sigset_t signals = ending_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  std::optional<TreePrinter> trees;  // outlives the receiver, which calls it
  if (line.prints_json) line.receiver.on_request = print_json;
  if (line.prints_trees) {
    trees.emplace();
    line.receiver.on_request = [&](const RequestInfo& request) { return trees->take(request); };
  }
  auto receiver = Receiver::start(std::move(line.receiver));
  if (!receiver) return fail(receiver.error().message());
  if (!line.ca_file.empty()) {
    std::ofstream file(line.ca_file);
    if (!(file << (*receiver)->ca_certificate_pem()).flush()) {
      return fail("--write-ca " + line.ca_file + ": cannot be written; name a writable file");
    }
  }
  for (const std::string& url : (*receiver)->urls()) print_line("listening " + url);

  std::optional<LiveLine> live;
  if (line.shows_counts) live.emplace();
  wait_for_end(signals, **receiver, live ? &*live : nullptr, trees ? &*trees : nullptr);
  (*receiver)->stop();
  if (trees) trees->flush();
  if (live) {
    live->show((*receiver)->counts());
    live->end();
  }
  print_line(to_json((*receiver)->counts()));
  return 0;
}

}  // namespace
}  // namespace cero::receiver

int main(int argc, char** argv) {
  int exit_code = 0;
  auto line = cero::receiver::parse_command_line(argc, argv, exit_code);
  return line ? cero::receiver::run(std::move(*line)) : exit_code;
}
