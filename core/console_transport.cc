#include "console_transport.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <new>
#include <utility>

#include "base/assert.h"
#include "base/fork_gate.h"

namespace cero::core {
namespace {

// Never destroyed: a late export thread may still look at it while the process ends.
union ImmortalClock {
  constexpr ImmortalClock() : clock() {}
  ~ImmortalClock() {}
  SystemClock clock;
};

constinit ImmortalClock immortal;

}  // namespace

ConsoleTransport::~ConsoleTransport() {
  try {
    exporter_.flush();
  } catch (const std::bad_alloc&) {  // nobody is left to be told
  }
}

bool ConsoleTransport::start(const Post& post) {
  CERO_ASSERT(post.encoding == ContentEncoding::identity);
  Completion completion{.token = post.token, .status = 200};
  try {
    if (!exporter_.consume(post.body)) {
      completion.status = 400;
      completion.body = "the request does not parse";
      completion.content_type = "text/plain";
    }
    completed_.push_back(completion);
  } catch (const std::bad_alloc&) {
    return false;
  }
  return true;
}

void ConsoleTransport::poll(TimePoint deadline, CompletionHandler& handler) {
  if (completed_.empty()) wait_until(std::min(deadline, exporter_.next_due()));
  try {
    exporter_.tick();
  } catch (const std::bad_alloc&) {  // what is held stays so, until the next time
  }
  for (const Completion& completion : std::exchange(completed_, {})) {
    handler.on_completion(completion);
  }
}

void ConsoleTransport::wait_until(TimePoint deadline) {
  std::unique_lock lock(mutex_);
  const auto is_woken = [this] { return woken_; };
  if (deadline == TimePoint::max()) {
    wakeups_.wait(lock, is_woken);  // the time would overflow in wait_until
  } else {
    wakeups_.wait_until(lock, deadline, is_woken);
  }
  woken_ = false;
}

void ConsoleTransport::wakeup() noexcept {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  wakeups_.notify_one();
}

std::unique_ptr<Transport> make_console_transport(const Exporter& options) {
  const bool color = options.console_color.value_or(isatty(STDOUT_FILENO) == 1);
  return std::make_unique<ConsoleTransport>(TreeStyle{.color = color}, immortal.clock,
                                            [](std::string_view text) {
                                              // A child made in between would print it again.
                                              const ForkGate::Pass pass;
                                              std::fwrite(text.data(), 1, text.size(), stdout);
                                              std::fflush(stdout);
                                            });
}

}  // namespace cero::core
