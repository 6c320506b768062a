// ExportCounters: the export thread's part of the ledger.
//
//   spans taken = exported + rejected + dropped + held
//
// One writer, the export thread; any reader. All loads and stores are relaxed: each counter stands
// for itself while spans move, and at a quiescent point (after a flush, after stop) a mutex has
// ordered them before the reader.
#ifndef CERO_CORE_EXPORT_EXPORT_COUNTERS_H_
#define CERO_CORE_EXPORT_EXPORT_COUNTERS_H_

#include <array>
#include <cstdint>

#include "base/counter.h"
#include "cero/stats.h"

namespace cero::core {

// A reading of all counters. The meanings are those of cero::Stats.
struct ExportTotals {
  uint64_t exported = 0;
  uint64_t rejected = 0;
  uint64_t dropped_retry_expired = 0;
  uint64_t dropped_permanent_error = 0;
  uint64_t dropped_after_shutdown = 0;
  uint64_t dropped_no_memory = 0;
  uint64_t held = 0;  // spans of batches that are taken and not settled

  uint64_t requests = 0;
  uint64_t retries = 0;
  uint64_t bytes_encoded = 0;
  uint64_t bytes_wire = 0;
  uint64_t connections = 0;
  uint64_t http1_responses = 0;
  uint64_t http2_responses = 0;
  uint64_t cpu_ns = 0;
  std::array<EndpointStats, Stats::kEndpointsMax> endpoints = {};

  uint64_t dropped() const {
    return dropped_retry_expired + dropped_permanent_error + dropped_after_shutdown +
           dropped_no_memory;
  }
};

struct EndpointCounters {
  SingleWriterCounter exported;
  SingleWriterCounter requests;
  SingleWriterCounter failures;
  SingleWriterCounter healthy;  // 0 or 1
};

struct ExportCounters {
  SingleWriterCounter exported;
  SingleWriterCounter rejected;
  SingleWriterCounter dropped_retry_expired;
  SingleWriterCounter dropped_permanent_error;
  SingleWriterCounter dropped_after_shutdown;
  SingleWriterCounter dropped_no_memory;
  SingleWriterCounter held;

  SingleWriterCounter requests;
  SingleWriterCounter retries;
  SingleWriterCounter bytes_encoded;
  SingleWriterCounter bytes_wire;
  SingleWriterCounter connections;
  SingleWriterCounter http1_responses;
  SingleWriterCounter http2_responses;
  SingleWriterCounter cpu_ns;
  std::array<EndpointCounters, Stats::kEndpointsMax> endpoints;

  // What has left is read before what is held: a span that moves meanwhile may be missed, not
  // counted twice.
  ExportTotals read() const;
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_EXPORT_COUNTERS_H_
