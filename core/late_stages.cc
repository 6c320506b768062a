#include "late_stages.h"

#include <mutex>
#include <utility>

#include "base/leak_check.h"

namespace cero::core {
namespace {

// Needs no destructor: threads may outlive static ones.
struct LateList {
  std::mutex mutex;
  Stages* first = nullptr;
};

constinit LateList late;

// Inherited ones have no thread in this process, and are left behind.
bool is_over(Stages& stages) { return stages.is_inherited() || stages.late_thread_has_ended(); }

void destroy(std::unique_ptr<Stages> stages) noexcept {
  const TakenSeat seat = std::move(stages->late.seat);  // given back last
  if (stages->is_inherited()) leave_behind(stages.release());
}

}  // namespace

void let_live_on(std::unique_ptr<Stages> stages, TakenSeat seat) noexcept {
  stages->late.seat = std::move(seat);
  const std::lock_guard lock(late.mutex);
  stages->late.next = late.first;
  late.first = stages.release();
}

void destroy_ended_stages() noexcept {
  Stages* ended = nullptr;  // destroyed without the lock
  {
    const std::lock_guard lock(late.mutex);
    for (Stages** link = &late.first; *link != nullptr;) {
      Stages& stages = **link;
      if (is_over(stages)) {
        *link = std::exchange(stages.late.next, ended);
        ended = &stages;
      } else {
        link = &stages.late.next;
      }
    }
  }
  while (ended != nullptr) {
    Stages* next = ended->late.next;
    destroy(std::unique_ptr<Stages>(ended));
    ended = next;
  }
}

void begin_child_of_late_stages() noexcept { make_anew(late.mutex); }

}  // namespace cero::core
