#include "pipeline_seat.h"

#include <array>
#include <mutex>

namespace cero::core {
namespace {

// Needs no destructor: threads may outlive static ones. Seats are made, and never freed.
struct Seats {
  std::mutex mutex;
  std::array<PipelineSeat*, kRuntimesMax> all{};
};

constinit Seats seats;

}  // namespace

void PipelineSeat::renew() {
  if (tickets_made_after_forks == fork_count()) return;
  tickets.renew();
  tickets_made_after_forks = fork_count();
}

TakenSeat take_seat() {
  const std::lock_guard lock(seats.mutex);
  for (uint32_t index = 0; index < kRuntimesMax; ++index) {
    PipelineSeat*& seat = seats.all[index];
    if (seat == nullptr) seat = new PipelineSeat(index);
    if (seat->taken) continue;
    seat->renew();
    seat->taken = true;
    return TakenSeat(seat);
  }
  return nullptr;
}

void SeatLeaver::operator()(PipelineSeat* seat) const noexcept {
  const std::lock_guard lock(seats.mutex);
  seat->taken = false;
}

void begin_child_of_seats() noexcept {
  make_anew(seats.mutex);
  for (PipelineSeat* seat : seats.all) {
    if (seat != nullptr) seat->runtime.begin_child();
  }
}

}  // namespace cero::core
