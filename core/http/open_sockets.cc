#include "http/open_sockets.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>

namespace cero::core {
namespace {

using enum std::memory_order;

// ListedSockets; 0: a free place. Relaxed: who forks sees what happened before, as all memory.
constinit std::array<std::atomic<uint64_t>, kListedMax> places{};

bool exchange(std::atomic<uint64_t>& place, uint64_t expected, uint64_t value) noexcept {
  return place.load(relaxed) == expected && place.compare_exchange_strong(expected, value, relaxed);
}

// The kernel numbers sockets in 32 bits.
uint64_t inode_of(int fd) noexcept {
  struct stat status {};
  return fstat(fd, &status) == 0 ? static_cast<uint32_t>(status.st_ino) : 0;
}

}  // namespace

ListedSocket::ListedSocket(int fd) noexcept
    : packed_(static_cast<uint64_t>(fd + 1) << 32 | inode_of(fd)) {}

void ListedSocket::list() const noexcept {
  for (std::atomic<uint64_t>& place : places) {
    const uint64_t other = place.load(relaxed);
    if (other >> 32 == packed_ >> 32 && exchange(place, other, packed_)) return;
  }
  for (std::atomic<uint64_t>& place : places) {
    if (exchange(place, 0, packed_)) return;
  }
}

void ListedSocket::strike() const noexcept {
  for (std::atomic<uint64_t>& place : places) {
    if (exchange(place, packed_, 0)) return;
  }
}

void close_inherited_sockets() noexcept {
  for (std::atomic<uint64_t>& place : places) {
    const uint64_t packed = place.exchange(0, relaxed);
    if (packed == 0) continue;
    const ListedSocket listed(packed);
    if (listed.is_open()) close(listed.fd());
  }
}

}  // namespace cero::core
