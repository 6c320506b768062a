#include "base/span_prefix.h"

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <string>

#include "base/assert.h"

namespace cero::core {
namespace {

// Number n has entry n; entry 0 stays empty.
constinit std::array<std::atomic<const std::string*>, kPrefixesMax + 1> prefixes{};

using NumberMap = std::map<std::string, uint32_t, std::less<>>;  // its keys are the entries

struct Interned {
  std::mutex mutex;
  NumberMap* numbers = nullptr;  // never destroyed: static destructors may still trace
};

constinit Interned interned;

}  // namespace

uint32_t intern_prefix(std::string_view wire) noexcept try {
  if (wire.empty() || wire.size() > kPrefixBytesMax) return 0;
  const std::lock_guard lock(interned.mutex);
  if (interned.numbers == nullptr) interned.numbers = new NumberMap;
  NumberMap& numbers = *interned.numbers;
  if (const auto found = numbers.find(wire); found != numbers.end()) return found->second;
  if (numbers.size() == kPrefixesMax) return 0;
  const auto number = static_cast<uint32_t>(numbers.size() + 1);
  const auto added = numbers.emplace(wire, number).first;
  prefixes[number].store(&added->first, std::memory_order_release);  // E1
  return number;
} catch (...) {
  return 0;
}

void lock_prefixes() noexcept { interned.mutex.lock(); }
void unlock_prefixes() noexcept { interned.mutex.unlock(); }

std::string_view prefix_of(uint32_t number) noexcept {
  if (number == 0) return {};
  CERO_ASSERT(number <= kPrefixesMax);
  return *prefixes[number].load(std::memory_order_acquire);  // E1
}

}  // namespace cero::core
