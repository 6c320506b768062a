// ExportCounters: the export thread's part of the ledger.
//
//   spans taken = exported + rejected + dropped + in_flight
//
// in_flight counts the spans of batches that are taken and not settled. One writer, the export
// thread; any reader.
#ifndef CERO_CORE_EXPORT_EXPORT_COUNTERS_H_
#define CERO_CORE_EXPORT_EXPORT_COUNTERS_H_

#include <array>
#include <cstddef>

#include "base/ledger_cells.h"

namespace cero::core {

struct ExportCounters : LedgerCells<SingleWriterCounter> {
  std::array<EndpointCells<SingleWriterCounter>, Stats::kEndpointsMax> endpoints;

  Stats read() const noexcept {
    Stats stats;
    add_to(stats);
    for (size_t i = 0; i < endpoints.size(); ++i) stats.endpoints[i] = endpoints[i].read();
    return stats;
  }
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_EXPORT_COUNTERS_H_
