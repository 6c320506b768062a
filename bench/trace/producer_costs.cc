// Question: what does a thread that records ask of the allocator, of locks and of the kernel?
// Load:     tests/support/producer_costs.h: a million spans in steady state, after a warm-up; and
//           the system calls of steady rates, each of them a wake of the batch thread.
// Excluded: the first spans of a thread. Prints one JSON object; the test of the same name asserts
//           that all is zero.
#include "support/producer_costs.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

int main() try {
  using cero::test::ProducerCosts;
  const ProducerCosts costs = cero::test::measure_producer_costs();
  if (!costs.syscalls_counted) throw std::runtime_error("system calls cannot be counted here");
  nlohmann::ordered_json at_rates;
  for (const uint64_t rate : {50, 1'000, 20'000, 100'000, 250'000}) {
    constexpr uint64_t kSeconds = 4;
    const ProducerCosts paced = cero::test::measure_producer_costs_at(rate, kSeconds);
    at_rates.push_back({{"spans_per_second", rate},
                        {"spans", paced.spans},
                        {"syscalls", paced.syscalls},
                        {"dropped", paced.stats.dropped.total()}});
  }
  const nlohmann::ordered_json report = {{"spans", costs.spans},
                                         {"allocations", costs.allocations},
                                         {"syscalls", costs.syscalls},
                                         {"locks", costs.locks},
                                         {"dropped", costs.stats.dropped.total()},
                                         {"at_rates", at_rates}};
  std::puts(report.dump().c_str());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "producer_costs: %s\n", error.what());
  return 1;
}
