#include "http/open_sockets.h"

#include <unistd.h>

#include <array>
#include <atomic>

namespace cero::core {
namespace {

using enum std::memory_order;

// A socket plus one; 0: a free place. Relaxed: who forks sees what happened before, as all memory.
constinit std::array<std::atomic<int>, kListedMax> places{};

bool exchange(std::atomic<int>& place, int expected, int value) noexcept {
  return place.load(relaxed) == expected && place.compare_exchange_strong(expected, value, relaxed);
}

}  // namespace

void list_socket(int fd) noexcept {
  for (std::atomic<int>& place : places) {
    if (exchange(place, 0, fd + 1)) return;
  }
}

void strike_socket(int fd) noexcept {
  for (std::atomic<int>& place : places) {
    if (exchange(place, fd + 1, 0)) return;
  }
}

void close_inherited_sockets() noexcept {
  for (std::atomic<int>& place : places) {
    const int fd = place.exchange(0, relaxed) - 1;
    if (fd >= 0) close(fd);
  }
}

}  // namespace cero::core
