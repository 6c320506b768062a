// LedgerCells: what one stage counts of the ledger. A cell for each number of cero/stats.h, made
// from its lists; a stage uses those that happen in it, and the others stay zero, so that the
// ledger is the sum of the stages.
//
// `Cell` is a counter of counter.h.
#ifndef CERO_CORE_BASE_LEDGER_CELLS_H_
#define CERO_CORE_BASE_LEDGER_CELLS_H_

#include <cstddef>

#include "base/counter.h"
#include "cero/stats.h"

namespace cero::core {

template <typename Cell>
struct DropCells {
#define CERO_CELL(name, description) Cell name;
  CERO_DROP_REASONS(CERO_CELL)
#undef CERO_CELL

  void add_to(DroppedSpans& sum) const noexcept {
#define CERO_ADD(name, description) sum.name += this->name.value();
    CERO_DROP_REASONS(CERO_ADD)
#undef CERO_ADD
  }

  void reset() noexcept {
#define CERO_RESET(name, description) name.set(0);
    CERO_DROP_REASONS(CERO_RESET)
#undef CERO_RESET
  }
};

template <typename Cell>
struct LedgerCells {
#define CERO_CELL(name, kind, unit, description) Cell name;
  CERO_COUNTERS(CERO_CELL)
#undef CERO_CELL
  DropCells<Cell> dropped;

  // Reads the spans that have left before those that are held (in_flight): a span that moves
  // meanwhile may be missed, not counted twice.
  void add_to(Stats& sum) const noexcept {
    static_assert(offsetof(Stats, exported) < offsetof(Stats, in_flight) &&
                      offsetof(Stats, rejected) < offsetof(Stats, in_flight),
                  "CERO_COUNTERS is read in its order");
    dropped.add_to(sum.dropped);
#define CERO_ADD(name, kind, unit, description) sum.name += this->name.value();
    CERO_COUNTERS(CERO_ADD)
#undef CERO_ADD
  }

  void reset() noexcept {
#define CERO_RESET(name, kind, unit, description) name.set(0);
    CERO_COUNTERS(CERO_RESET)
#undef CERO_RESET
    dropped.reset();
  }
};

template <typename Cell>
struct EndpointCells {
#define CERO_CELL(type, name, kind, unit, description) Cell name;
  CERO_ENDPOINT_COUNTERS(CERO_CELL)
#undef CERO_CELL

  EndpointStats read() const noexcept {
    EndpointStats stats;
#define CERO_READ(type, name, kind, unit, description) \
  stats.name = static_cast<type>(this->name.value());
    CERO_ENDPOINT_COUNTERS(CERO_READ)
#undef CERO_READ
    return stats;
  }
};

// Takes away what an earlier reading of the same cells had.
inline void subtract(Stats& stats, const Stats& earlier) noexcept {
#define CERO_SUBTRACT(name, kind, unit, description) stats.name -= earlier.name;
  CERO_COUNTERS(CERO_SUBTRACT)
#undef CERO_SUBTRACT
  for (const DropReasonInfo& reason : kDropReasons) {
    stats.dropped.*reason.count -= earlier.dropped.*reason.count;
  }
}

}  // namespace cero::core

#endif  // CERO_CORE_BASE_LEDGER_CELLS_H_
