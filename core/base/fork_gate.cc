#include "base/fork_gate.h"

#include <time.h>

#include <atomic>

namespace cero::core {
namespace {

using enum std::memory_order;

constinit std::atomic<int> inside{0};
constinit std::atomic<int> closed_by{0};

void nap() noexcept {
  constexpr timespec kNap{.tv_sec = 0, .tv_nsec = 50'000};
  nanosleep(&kNap, nullptr);
}

}  // namespace

void ForkGate::enter() noexcept {
  while (true) {
    inside.fetch_add(1, seq_cst);                // F1
    const int closed = closed_by.load(seq_cst);  // F1, E2
    if (closed == 0) return;
    leave();
    closed_by.wait(closed, relaxed);  // a hint to look again
  }
}

void ForkGate::leave() noexcept { inside.fetch_sub(1, release); }  // E1

bool ForkGate::close() noexcept {
  closed_by.fetch_add(1, seq_cst);  // F1
  const auto deadline = std::chrono::steady_clock::now() + kWaitMax;
  while (inside.load(seq_cst) > 0) {  // E1
    if (std::chrono::steady_clock::now() >= deadline) return false;
    nap();
  }
  return true;
}

void ForkGate::open() noexcept {
  closed_by.fetch_sub(1, release);  // E2
  closed_by.notify_all();
}

void ForkGate::make_anew() noexcept {
  inside.store(0, relaxed);
  closed_by.store(0, relaxed);
}

}  // namespace cero::core
