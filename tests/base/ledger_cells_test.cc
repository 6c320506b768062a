// Goal: a stage's cells are read into the number of the same name, each of them, and what has left
// a stage before what it holds. Method: cells that tell when they are read.
#include "base/ledger_cells.h"

#include <gtest/gtest.h>

#include <vector>

namespace cero::core {
namespace {

TEST(LedgerCells, are_added_to_the_numbers_of_their_names) {
  LedgerCells<SharedCounter> cells;
  cells.requests.add(3);
  cells.in_flight.add(2);
  cells.dropped.no_memory.add(5);
  Stats stats;
  stats.requests = 100;
  cells.add_to(stats);
  EXPECT_EQ(stats.requests, 103u);
  EXPECT_EQ(stats.in_flight, 2u);
  EXPECT_EQ(stats.dropped.no_memory, 5u);
  EXPECT_EQ(stats.dropped.total(), 5u);
}

TEST(LedgerCells, can_be_taken_away_again) {
  Stats before;
  before.visit([](const StatInfo&, uint64_t& value) { value = 7; });
  Stats now = before;
  now += before;
  now.endpoint_count += before.endpoint_count;
  subtract(now, before);
  now.visit([](const StatInfo& info, uint64_t value) { EXPECT_EQ(value, 7u) << info.name; });
}

TEST(LedgerCells, are_all_zero_after_a_reset) {
  LedgerCells<SingleWriterCounter> cells;
  cells.recorded.add(1);
  cells.export_cpu_ns.add(1);
  cells.dropped.ring_full.add(1);
  cells.dropped.after_shutdown.add(1);
  cells.reset();
  Stats stats;
  cells.add_to(stats);
  stats.visit([](const StatInfo& info, uint64_t value) { EXPECT_EQ(value, 0u) << info.name; });
}

// Counts in the order in which it is read.
struct ReadingOrder {
  static inline uint64_t reads = 0;
  uint64_t value() const { return ++reads; }
};

TEST(LedgerCells, are_read_downstream_first) {
  Stats order;
  LedgerCells<ReadingOrder>().add_to(order);
  for (const DropReasonInfo& reason : kDropReasons) {
    EXPECT_LT(order.dropped.*reason.count, order.in_flight) << reason.name;
  }
  EXPECT_LT(order.exported, order.in_flight);
  EXPECT_LT(order.rejected, order.in_flight);
}

TEST(EndpointCells, are_read_by_name) {
  EndpointCells<SingleWriterCounter> cells;
  cells.exported.add(4);
  cells.requests.add(3);
  cells.failures.add(2);
  cells.healthy.set(1);
  EXPECT_EQ(cells.read(),
            (EndpointStats{.exported = 4, .requests = 3, .failures = 2, .healthy = true}));
}

}  // namespace
}  // namespace cero::core
