#include "trace/producer_totals.h"

namespace cero::core {

Stats producer_totals(const Runtime& runtime) noexcept {
  Stats totals;
  runtime.counters().add_to(totals);
  const RingRegistry& rings = runtime.rings();
  for (size_t i = 0; i < rings.size(); ++i) {
    const SpanRing& ring = rings.at(i);
    totals.in_flight += ring.held();
    totals.recorded += ring.counters().pushed.value();
    ring.counters().dropped.add_to(totals.dropped);
  }
  totals.recorded += totals.dropped.total();
  return totals;
}

}  // namespace cero::core
