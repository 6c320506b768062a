#include "base/setup_lock.h"

#include <mutex>

#include "base/fork.h"

namespace cero::core {
namespace {

constinit std::recursive_mutex mutex;

}  // namespace

void SetupLock::take() noexcept { mutex.lock(); }
void SetupLock::release() noexcept { mutex.unlock(); }
// Its owner is known by the number that the thread has in the parent.
void SetupLock::begin_child() noexcept { make_anew(mutex); }

}  // namespace cero::core
