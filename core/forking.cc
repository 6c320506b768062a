#include "forking.h"

#include <pthread.h>

#include "base/fork.h"
#include "base/fork_gate.h"
#include "base/scope_info.h"
#include "base/setup_lock.h"
#include "base/span_prefix.h"
#include "http/open_sockets.h"
#include "late_stages.h"
#include "pipeline_seat.h"
#include "trace/buffer_depot.h"
#include "trace/current_stack.h"
#include "trace/open_span_budget.h"
#include "trace/span_pool.h"
#include "trace/thread_slot.h"

namespace cero::core {
namespace {

constinit bool watched = false;

// The gate first, then setups: they may take their time, and whoever waits for a table should not.
void before_fork() noexcept {
  static_cast<void>(ForkGate::close());
  SetupLock::take();
  lock_scopes();
  lock_prefixes();
}

void after_fork_in_parent() noexcept {
  unlock_prefixes();
  unlock_scopes();
  SetupLock::release();
  ForkGate::open();
}

void after_fork_in_child() noexcept {
  count_fork();
  unlock_prefixes();
  unlock_scopes();
  SetupLock::begin_child();
  ForkGate::make_anew();
  begin_child_of_default_provider();
  begin_child_of_late_stages();
  begin_child_of_seats();
  OpenSpanBudget::begin_child();
  buffer_depot.begin_child();
  forget_pools();
  forget_slots();
  CurrentStack::forget_others();
  close_inherited_sockets();
}

[[gnu::constructor]] void watch_forks() noexcept {
  watched = pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child) == 0;
}

}  // namespace

bool forks_are_watched() noexcept { return watched; }

}  // namespace cero::core
