// Stages that were shut down while a background thread was too late to be waited for (in the host's
// log handler, say). They live on with it, and keep their seat, until a later create() finds the
// thread ended.
#ifndef CERO_CORE_LATE_STAGES_H_
#define CERO_CORE_LATE_STAGES_H_

#include <memory>

#include "stages.h"

namespace cero::core {

void let_live_on(std::unique_ptr<Stages> stages, TakenSeat seat) noexcept;
void destroy_ended_stages() noexcept;

// In a forked child, while it has one thread.
void begin_child_of_late_stages() noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_LATE_STAGES_H_
