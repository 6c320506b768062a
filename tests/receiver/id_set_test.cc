// Goal: the set counts each (trace id, span id) once. Method: against std::set, with ids that are
// counters (which collide in weak hashes) and with random ones.
#include "receiver/id_set.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <utility>

#include "receiver/request_bodies.h"

namespace cero::receiver {
namespace {

SpanFingerprint fingerprint_of(const std::string& trace_id, const std::string& span_id) {
  return fingerprint(trace_id.data(), span_id.data());
}

TEST(IdSet, counts_each_pair_once) {
  IdSet set;
  const auto id = fingerprint_of(test::trace_id(1), test::span_id(1));
  set.insert_all({id, id});
  set.insert_all({id});
  EXPECT_EQ(set.size(), 1u);
}

TEST(IdSet, tells_counters_apart_while_it_grows) {
  IdSet set;
  constexpr uint64_t kTraces = 500;
  constexpr uint64_t kSpans = 500;
  for (int round = 0; round < 2; ++round) {
    std::vector<SpanFingerprint> ids;
    for (uint64_t trace = 0; trace < kTraces; ++trace) {
      for (uint64_t span = 0; span < kSpans; ++span) {
        ids.push_back(fingerprint_of(test::trace_id(trace), test::span_id(span)));
      }
    }
    set.insert_all(ids);
  }
  EXPECT_EQ(set.size(), kTraces * kSpans);
}

TEST(IdSet, agrees_with_std_set_on_random_ids) {
  constexpr uint64_t kSeed = 7;
  SCOPED_TRACE(kSeed);
  std::mt19937_64 random(kSeed);
  IdSet set;
  std::set<std::pair<std::string, std::string>> model;
  for (int batch = 0; batch < 200; ++batch) {
    std::vector<SpanFingerprint> ids;
    for (int i = 0; i < 100; ++i) {
      // Few enough values that many pairs come again.
      const std::string trace = test::trace_id(random() % 100 * 0x0101010101010101);
      const std::string span = test::span_id(random() % 100 << (random() % 4 * 8));
      model.emplace(trace, span);
      ids.push_back(fingerprint_of(trace, span));
    }
    set.insert_all(ids);
    ASSERT_EQ(set.size(), model.size());
  }
}

}  // namespace
}  // namespace cero::receiver
