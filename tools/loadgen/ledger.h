// The ledger of a provider in the forms that tools print.
#ifndef CERO_TOOLS_LOADGEN_LEDGER_H_
#define CERO_TOOLS_LOADGEN_LEDGER_H_

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "cero/stats.h"

namespace cero::loadgen {

struct DropReason {
  std::string_view name;
  uint64_t DroppedSpans::*count;
};

// Every reason, by its field's name and in that order.
constexpr std::array<DropReason, 8> kDropReasons{{
    {"ring_full", &DroppedSpans::ring_full},
    {"span_too_large", &DroppedSpans::span_too_large},
    {"no_memory", &DroppedSpans::no_memory},
    {"corrupt", &DroppedSpans::corrupt},
    {"reentrant", &DroppedSpans::reentrant},
    {"retry_expired", &DroppedSpans::retry_expired},
    {"permanent_error", &DroppedSpans::permanent_error},
    {"after_shutdown", &DroppedSpans::after_shutdown},
}};
static_assert(sizeof(DroppedSpans) == kDropReasons.size() * sizeof(uint64_t),
              "a reason has no name here");

// {recorded, exported, rejected, dropped {...}, in_flight}
nlohmann::ordered_json ledger_json(const Stats& stats);

// "2", "1.1", "mixed", or "none" when nothing was answered.
std::string http_version(const Stats& stats);

// Adds what another process or provider counted.
void add(Stats& sum, const Stats& part);

// Every recorded span was exported.
bool is_lossless(const Stats& stats);

// One line a figure, each reason that dropped something on a line of its own.
std::string ledger_table(const Stats& stats);

}  // namespace cero::loadgen

#endif  // CERO_TOOLS_LOADGEN_LEDGER_H_
