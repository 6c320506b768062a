// Goal: tickets come out in bulk, each once; one that finds no place raises the missed flag
// instead. Method: one thread, then several that fill the queue at once. (That lanes exclude each
// other is for ticket_queue_relacy_test.cc and the stress tests.)
#include "queue/ticket_queue.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <thread>

#include "ring/ring_harness.h"

namespace cero::test {
namespace {

using core::SpanRing;

size_t take_all(core::TicketQueue& queue, std::map<SpanRing*, size_t>* taken = nullptr) {
  std::array<SpanRing*, 100> rings;
  size_t total = 0;
  while (const size_t count = queue.take(rings)) {
    total += count;
    for (size_t i = 0; taken != nullptr && i < count; ++i) ++(*taken)[rings[i]];
  }
  return total;
}

// Announces until a ticket finds no place; returns how many did.
size_t fill(core::TicketQueue& queue, SpanRing& ring) {
  constexpr size_t kFarTooMany = 1'000'000;
  size_t queued = 0;
  for (; queued < kFarTooMany; ++queued) {
    queue.announce(ring, /*urgent=*/false);
    if (queue.missed()) break;
  }
  return queued;
}

TEST(TicketQueue, is_empty_at_first) {
  core::TicketQueue queue;
  EXPECT_FALSE(queue.has_tickets());
  EXPECT_FALSE(queue.missed());
  EXPECT_FALSE(queue.take_missed());
  EXPECT_EQ(take_all(queue), 0);
}

TEST(TicketQueue, hands_out_one_threads_tickets_in_order) {
  core::TicketQueue queue;
  RingHarness a, b, c;
  for (RingHarness* ring : {&a, &b, &c, &a}) queue.announce(ring->ring, /*urgent=*/false);
  EXPECT_TRUE(queue.has_tickets());
  std::array<SpanRing*, 8> rings{};
  ASSERT_EQ(queue.take(rings), 4);
  EXPECT_EQ(rings[0], &a.ring);
  EXPECT_EQ(rings[1], &b.ring);
  EXPECT_EQ(rings[2], &c.ring);
  EXPECT_EQ(rings[3], &a.ring);
  EXPECT_FALSE(queue.has_tickets());
}

TEST(TicketQueue, hands_out_no_more_than_there_is_room_for) {
  core::TicketQueue queue;
  RingHarness ring;
  for (int i = 0; i < 5; ++i) queue.announce(ring.ring, /*urgent=*/false);
  std::array<SpanRing*, 3> rings;
  EXPECT_EQ(queue.take(rings), 3);
  EXPECT_TRUE(queue.has_tickets());
  EXPECT_EQ(queue.take(rings), 2);
  EXPECT_FALSE(queue.missed());
}

TEST(TicketQueue, remembers_once_that_a_ticket_was_lost) {
  core::TicketQueue queue;
  RingHarness ring;
  const size_t queued = fill(queue, ring.ring);
  EXPECT_TRUE(queue.take_missed());
  EXPECT_FALSE(queue.take_missed());
  EXPECT_EQ(take_all(queue), queued);

  // The places are the lane's that had them before: the thread finds it again within a round.
  constexpr int kLanes = 16;
  for (int i = 0; i < kLanes; ++i) queue.announce(ring.ring, /*urgent=*/false);
  EXPECT_GT(take_all(queue), 0);
}

TEST(TicketQueue, gives_a_thousand_threads_a_place_each) {
  constexpr size_t kThreads = 1000;
  core::TicketQueue queue;
  std::vector<std::unique_ptr<RingHarness>> rings;
  for (size_t i = 0; i < kThreads; ++i) rings.push_back(std::make_unique<RingHarness>());
  for (size_t i = 0; i < kThreads; ++i) {
    std::thread([&queue, &ring = *rings[i]] { queue.announce(ring.ring, false); }).join();
  }
  EXPECT_FALSE(queue.missed());
  std::map<SpanRing*, size_t> taken;
  EXPECT_EQ(take_all(queue, &taken), kThreads);
  EXPECT_EQ(taken.size(), kThreads);
}

TEST(TicketQueue, loses_no_ticket_silently_when_threads_collide) {
  constexpr size_t kThreads = 8;
  constexpr size_t kAnnouncements = 1000;
  core::TicketQueue queue;
  std::array<RingHarness, kThreads> rings;
  std::vector<std::thread> threads;
  for (RingHarness& ring : rings) {
    threads.emplace_back([&queue, &ring] {
      for (size_t i = 0; i < kAnnouncements; ++i) queue.announce(ring.ring, /*urgent=*/false);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::map<SpanRing*, size_t> taken;
  const size_t total = take_all(queue, &taken);
  EXPECT_TRUE(total == kThreads * kAnnouncements || queue.take_missed()) << total;
  for (const auto& [ring, count] : taken) EXPECT_LE(count, kAnnouncements);
}

}  // namespace
}  // namespace cero::test
