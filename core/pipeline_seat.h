// PipelineSeat: the part of a pipeline that threads may still touch after it is gone: its runtime
// (with every ring) and its ticket queue.
//
// There are at most kRuntimesMax, each made once and never freed. A new provider takes a seat that
// no provider sits on, so that creating and destroying providers does not grow the process.
#ifndef CERO_CORE_PIPELINE_SEAT_H_
#define CERO_CORE_PIPELINE_SEAT_H_

#include <memory>

#include "base/fork.h"
#include "queue/ticket_queue.h"
#include "trace/runtime.h"

namespace cero::core {

struct PipelineSeat {
  explicit PipelineSeat(uint32_t index) : runtime(index, tickets) {}

  // In a forked child, before stages are made on it there. Throws std::bad_alloc.
  void renew();

  TicketQueue tickets;
  Runtime runtime;
  uint32_t tickets_made_after_forks = fork_count();
  bool taken = false;  // guarded by the list's lock
};

struct SeatLeaver {
  void operator()(PipelineSeat* seat) const noexcept;
};
using TakenSeat = std::unique_ptr<PipelineSeat, SeatLeaver>;

// nullptr: kRuntimesMax providers exist already. Throws std::bad_alloc.
TakenSeat take_seat();

// In a forked child, while it has one thread: every runtime begins there.
void begin_child_of_seats() noexcept;

}  // namespace cero::core

#endif  // CERO_CORE_PIPELINE_SEAT_H_
