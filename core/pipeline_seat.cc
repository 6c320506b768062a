#include "pipeline_seat.h"

#include <array>
#include <memory>
#include <mutex>

namespace cero::core {
namespace {

struct Seats {
  std::mutex mutex;
  std::array<std::unique_ptr<PipelineSeat>, kRuntimesMax> all;
};

// Never destroyed: threads may outlive static destructors.
Seats& seats() {
  static Seats* const instance = new Seats;
  return *instance;
}

}  // namespace

TakenSeat take_seat() {
  Seats& list = seats();
  const std::lock_guard lock(list.mutex);
  for (uint32_t index = 0; index < kRuntimesMax; ++index) {
    std::unique_ptr<PipelineSeat>& seat = list.all[index];
    if (!seat) seat = std::make_unique<PipelineSeat>(index);
    if (seat->taken) continue;
    seat->taken = true;
    return TakenSeat(seat.get());
  }
  return nullptr;
}

void SeatLeaver::operator()(PipelineSeat* seat) const noexcept {
  const std::lock_guard lock(seats().mutex);
  seat->taken = false;
}

}  // namespace cero::core
