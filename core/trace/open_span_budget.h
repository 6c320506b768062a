// OpenSpanBudget: the memory of all open spans of the process (Options::open_spans_bytes_max):
// their buffers, which stay mapped, and the blocks of those that outgrow theirs.
//
// Neither may have more than three quarters of it, so that there is always some for the other.
//
// Threads: any.
#ifndef CERO_CORE_TRACE_OPEN_SPAN_BUDGET_H_
#define CERO_CORE_TRACE_OPEN_SPAN_BUDGET_H_

#include <cstdint>

namespace cero::core {

class OpenSpanBudget {
 public:
  static void set_max(uint64_t bytes) noexcept;
  static uint64_t max() noexcept;

  static bool try_charge_buffers(uint64_t bytes) noexcept;
  static void refund_buffers(uint64_t bytes) noexcept;
  static bool try_charge_block(uint64_t bytes) noexcept;
  static void refund_block(uint64_t bytes) noexcept;

  // For blocks whose spans have ended, which are charged already: they may have half of the budget
  // until they are encoded, so that an outage leaves some to spans that are open.
  static bool try_queue_block(uint64_t bytes) noexcept;
  static void refund_queued_block(uint64_t bytes) noexcept;

  // More than a quarter is used: nothing should be kept that can be had again.
  static bool runs_short() noexcept;

  // In a forked child: what its parent has charged is not this process's.
  static void begin_child() noexcept;
};

}  // namespace cero::core

#endif  // CERO_CORE_TRACE_OPEN_SPAN_BUDGET_H_
