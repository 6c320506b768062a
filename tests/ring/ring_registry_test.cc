// Goal: entries keep their places while the registry grows from block to block, also while another
// thread reads. Method: real rings for a few; then the same ring many times over.
#include "ring/ring_registry.h"

#include <thread>

#include "ring/ring_harness.h"

namespace cero::test {
namespace {

TEST(RingRegistry, is_empty_at_first) { EXPECT_EQ(core::RingRegistry().size(), 0); }

TEST(RingRegistry, keeps_every_entry_in_its_place_across_blocks) {
  constexpr size_t kCount = 70;  // seven blocks
  RememberingAnnouncer announcer;
  core::RingBudget budget;
  core::RingRegistry registry;
  std::vector<core::SpanRing*> rings;
  for (size_t i = 0; i < kCount; ++i) {
    rings.push_back(core::SpanRing::create(RingHarness::kCapacity, announcer, budget));
    ASSERT_TRUE(registry.add(rings.back()));
    ASSERT_EQ(registry.size(), i + 1);
    for (size_t j = 0; j <= i; ++j) ASSERT_EQ(&registry.at(j), rings[j]);
  }
}

TEST(RingRegistry, may_be_read_while_it_grows) {
  constexpr size_t kCount = 10'000;
  core::RingRegistry registry;
  RingHarness test;
  std::thread adding([&] {
    for (size_t i = 0; i < kCount; ++i) EXPECT_TRUE(registry.add(&test.ring));
  });
  size_t size = 0;
  while (size < kCount) {
    size = registry.size();
    if (size == 0) continue;
    ASSERT_EQ(&registry.at(size - 1), &test.ring);
  }
  adding.join();
}

}  // namespace
}  // namespace cero::test
