// Question: what does a thread that records ask of the allocator, of locks and of the kernel?
// Load:     tests/support/producer_costs.h: a million spans in steady state, after a warm-up; and
//           the system calls of a million at 250k/s, each of them a wake of the batch thread.
// Excluded: the first spans of a thread. Prints one JSON object; the test of the same name asserts
//           that all is zero.
#include "support/producer_costs.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

int main() try {
  using cero::test::Load;
  const cero::test::ProducerCosts costs = cero::test::measure_producer_costs(Load::drained);
  const cero::test::ProducerCosts paced = cero::test::measure_producer_costs(Load::paced);
  if (!costs.syscalls_counted) throw std::runtime_error("system calls cannot be counted here");
  const nlohmann::ordered_json report = {{"spans", costs.spans},
                                         {"allocations", costs.allocations},
                                         {"syscalls", costs.syscalls},
                                         {"locks", costs.locks},
                                         {"dropped", costs.stats.dropped.total()},
                                         {"syscalls_paced", paced.syscalls},
                                         {"dropped_paced", paced.stats.dropped.total()}};
  std::puts(report.dump().c_str());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "producer_costs: %s\n", error.what());
  return 1;
}
