#include "trace/default_runtime.h"

#include <atomic>
#include <new>

namespace cero::core {
namespace {

using enum std::memory_order;

constinit std::atomic<Runtime*> current{nullptr};

class NoAnnouncer final : public Announcer {
 public:
  void announce(SpanRing& /*ring*/, bool /*urgent*/) noexcept override {}
};
constinit NoAnnouncer no_announcer;

// Never destroyed: static destructors may still trace.
constinit std::atomic<Runtime*> unset{nullptr};

constexpr uint32_t kFirstGeneration = 1;

Runtime* make_unset() noexcept {
  auto* made = new (std::nothrow) Runtime(0, no_announcer);  // the number of no ring: it has none
  if (made == nullptr) return nullptr;
  Options options;
  options.rings_bytes_max = 0;
  if (made->prepare(options) != kFirstGeneration) CERO_ASSERT(false);
  return made;
}

}  // namespace

DefaultRuntime default_runtime() noexcept {
  Runtime* runtime = current.load(acquire);  // E1
  return runtime == nullptr ? DefaultRuntime()
                            : DefaultRuntime{runtime, runtime->default_generation()};
}

void set_default_runtime(DefaultRuntime now) noexcept {
  if (now.runtime != nullptr) now.runtime->set_default_generation(now.generation);
  current.store(now.runtime, release);  // E1
}

// Without a lock, which a fork might leave taken.
DefaultRuntime unset_runtime() noexcept {
  Runtime* runtime = unset.load(acquire);
  if (runtime == nullptr) {
    Runtime* made = make_unset();
    if (made == nullptr) return {};
    if (unset.compare_exchange_strong(runtime, made, acq_rel, acquire)) {
      runtime = made;
    } else {
      delete made;
    }
  }
  return {runtime, kFirstGeneration};
}

}  // namespace cero::core
