// The ledger of a provider in the forms that tools print.
#ifndef CERO_TOOLS_LOADGEN_LEDGER_H_
#define CERO_TOOLS_LOADGEN_LEDGER_H_

#include <nlohmann/json.hpp>
#include <string>

#include "cero/stats.h"

namespace cero::loadgen {

// Every number by its name, the reasons in an object of their own: {recorded, exported, ...,
// dropped {...}}.
nlohmann::ordered_json ledger_json(const Stats& stats);
// The Stats that such an object was made from, but for its endpoints. Throws
// nlohmann::json::exception.
Stats parse_ledger(const nlohmann::json& object);
// An object for each endpoint.
nlohmann::ordered_json endpoints_json(const Stats& stats);

// "2", "1.1", "mixed", or "none" when nothing was answered.
std::string http_version(const Stats& stats);

// Every recorded span was exported.
bool is_lossless(const Stats& stats);

// One line a figure, each reason that dropped something on a line of its own.
std::string ledger_table(const Stats& stats);

}  // namespace cero::loadgen

#endif  // CERO_TOOLS_LOADGEN_LEDGER_H_
