// Goal: RetryQueue gives batches out in the promised order, knows its oldest, and keeps to its
// bytes.
#include "export/retry_queue.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <set>

namespace cero::core {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

Batch& add(RetryQueue& queue, uint64_t number, size_t bytes = 100) {
  std::unique_ptr<Batch> batch = queue.make();
  batch->number = number;
  batch->span_count = 1;
  batch->bytes.assign(bytes, 'x');
  Batch& added = *batch;
  queue.add(std::move(batch));
  return added;
}

TEST(RetryQueue, gives_ready_batches_first_in_first_out) {
  RetryQueue queue(1 << 20, 4);
  for (uint64_t number = 1; number <= 3; ++number) add(queue, number);
  for (uint64_t number = 1; number <= 3; ++number)
    EXPECT_EQ(queue.take(kStart, false)->number, number);
  EXPECT_EQ(queue.take(kStart, false), nullptr);
  EXPECT_EQ(queue.count(), 3u);
}

TEST(RetryQueue, gives_a_delayed_batch_when_due_and_before_ready_ones) {
  RetryQueue queue(1 << 20, 4);
  add(queue, 1);
  add(queue, 2);
  queue.delay_until(*queue.take(kStart, false), kStart + 5s);
  EXPECT_EQ(queue.next_due(false), TimePoint{}) << "a ready one is due at once";
  EXPECT_EQ(queue.take(kStart, false)->number, 2u);
  EXPECT_EQ(queue.next_due(false), kStart + 5s);
  EXPECT_EQ(queue.take(kStart + 5s - 1ns, false), nullptr);
  EXPECT_EQ(queue.take(kStart + 5s, false)->number, 1u);
  EXPECT_EQ(queue.next_due(false), std::nullopt);
}

TEST(RetryQueue, gives_a_delayed_batch_too_early_in_an_outage_only_when_none_is_ready) {
  RetryQueue queue(1 << 20, 4);
  add(queue, 1);
  queue.delay_until(*queue.take(kStart, true), kStart + 5s);
  add(queue, 2);
  EXPECT_EQ(queue.take(kStart, true)->number, 2u);
  EXPECT_EQ(queue.next_due(true), TimePoint{});
  EXPECT_EQ(queue.take(kStart, true)->number, 1u);
}

TEST(RetryQueue, ends_delays_up_to_a_number) {
  RetryQueue queue(1 << 20, 4);
  for (uint64_t number = 1; number <= 3; ++number) {
    add(queue, number);
    queue.delay_until(*queue.take(kStart, false), kStart + number * 10s);
  }
  queue.end_delays(2, kStart);
  std::set<uint64_t> taken;
  while (Batch* batch = queue.take(kStart, false)) taken.insert(batch->number);
  EXPECT_EQ(taken, (std::set<uint64_t>{1, 2}));
}

TEST(RetryQueue, has_no_room_from_its_bytes_on) {
  RetryQueue queue(1'000 + RetryQueue::kBatchBytes, 4);
  add(queue, 1, 999);
  EXPECT_TRUE(queue.has_room());
  add(queue, 2, 999);
  EXPECT_FALSE(queue.has_room());
  queue.remove(*queue.take(kStart, false));
  EXPECT_TRUE(queue.has_room());
}

TEST(RetryQueue, bounds_batches_however_small) {
  constexpr uint64_t kBytesMax = 100'000;
  RetryQueue queue(kBytesMax, 4);
  uint64_t number = 0;
  while (queue.has_room()) add(queue, ++number, 1);
  EXPECT_LE(number, kBytesMax / sizeof(Batch));
}

TEST(RetryQueue, gives_the_halves_of_a_batch_first_and_settles_both_under_its_number) {
  RetryQueue queue(1 << 20, 4);
  for (uint64_t number = 1; number <= 3; ++number) add(queue, number);
  Batch* first = queue.take(kStart, false);
  Batch* batch = queue.take(kStart, false);
  ASSERT_EQ(batch->number, 2u);
  std::unique_ptr<Batch> half = queue.make();
  half->number = 2;
  half->span_count = 1;
  half->bytes.assign(100, 'h');
  const Batch* const other = half.get();
  queue.add_half(*batch, std::move(half));
  queue.make_next(*batch);
  EXPECT_EQ(queue.count(), 4u);
  EXPECT_EQ(queue.take(kStart, false), batch);
  EXPECT_EQ(queue.take(kStart, false), other);
  EXPECT_EQ(queue.take(kStart, false)->number, 3u);
  queue.remove(*first);
  queue.remove(*batch);
  EXPECT_EQ(&queue.oldest(), other) << "the number is not settled yet";
}

TEST(RetryQueue, uses_the_buffer_of_a_removed_batch_again) {
  RetryQueue queue(1 << 20, 4);
  const char* buffer = add(queue, 1, 5'000).bytes.data();
  queue.remove(*queue.take(kStart, false));
  EXPECT_EQ(queue.bytes_held(), 0u);
  Batch& again = add(queue, 2, 4'000);
  EXPECT_EQ(again.bytes.data(), buffer);
  EXPECT_EQ(queue.bytes_held(), RetryQueue::kBatchBytes + again.bytes.capacity())
      << "it counts what it occupies";
  EXPECT_EQ(again.failure_count, 0u);
}

TEST(RetryQueue, counts_the_bytes_that_a_batch_was_given_instead_of_its_own) {
  RetryQueue queue(10'000, 4);
  add(queue, 1, 100);
  Batch* batch = queue.take(kStart, false);
  std::string bytes(20'000, 'y');
  queue.swap_bytes(*batch, bytes);
  EXPECT_EQ(bytes, std::string(100, 'x'));
  EXPECT_EQ(queue.bytes_held(), RetryQueue::kBatchBytes + batch->bytes.capacity());
  EXPECT_FALSE(queue.has_room());
  queue.remove(*batch);
  EXPECT_EQ(queue.bytes_held(), 0u);
}

TEST(RetryQueue, gives_spare_buffers_up_for_batches) {
  RetryQueue queue(10'000 + RetryQueue::kBatchBytes, 4);
  add(queue, 1, 8'000);
  queue.remove(*queue.take(kStart, false));
  auto first = queue.make();  // the spare one
  EXPECT_GE(first->bytes.capacity(), 8'000u);
  queue.give_back(std::move(first));
  auto kept = std::make_unique<Batch>();
  kept->number = 2;
  kept->span_count = 1;
  kept->bytes.assign(9'000, 'x');
  queue.add(std::move(kept));
  EXPECT_LT(queue.make()->bytes.capacity(), 100u)
      << "8000 spare bytes beside 9000 are over the budget";
}

// Random operations against a plain model of the same rules.
TEST(RetryQueue, agrees_with_a_model_on_random_operations) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  RetryQueue queue(uint64_t{1} << 30, 3);
  std::map<uint64_t, Batch*> in_flight;
  std::multimap<TimePoint, uint64_t> delayed;
  std::deque<uint64_t> ready;
  std::set<uint64_t> all;
  TimePoint now = kStart;
  uint64_t number = 0;
  for (int i = 0; i < 20'000; ++i) {
    now += std::chrono::milliseconds(random() % 3);
    switch (random() % 4) {
      case 0:
        add(queue, ++number, random() % 64);
        ready.push_back(number);
        all.insert(number);
        break;
      case 1: {
        const bool outage = random() % 4 == 0;
        Batch* batch = queue.take(now, outage);
        const bool due = !delayed.empty() && delayed.begin()->first <= now;
        if (outage ? ready.empty() && !delayed.empty() : due) {
          ASSERT_NE(batch, nullptr);
          const auto [first, last] = delayed.equal_range(delayed.begin()->first);
          const auto same =
              std::find_if(first, last, [&](auto& d) { return d.second == batch->number; });
          ASSERT_NE(same, last);
          delayed.erase(same);
        } else if (!ready.empty()) {
          ASSERT_NE(batch, nullptr);
          ASSERT_EQ(batch->number, ready.front());
          ready.pop_front();
        } else {
          ASSERT_EQ(batch, nullptr);
        }
        if (batch != nullptr) in_flight[batch->number] = batch;
        break;
      }
      default:
        if (in_flight.empty()) break;
        const auto [flying, batch] = *std::next(in_flight.begin(), random() % in_flight.size());
        in_flight.erase(flying);
        if (random() % 2 == 0) {
          queue.remove(*batch);
          all.erase(flying);
        } else {
          const TimePoint due = now + std::chrono::milliseconds(random() % 100);
          queue.delay_until(*batch, due);
          delayed.emplace(due, flying);
        }
    }
    ASSERT_EQ(queue.count(), all.size());
    ASSERT_EQ(queue.empty() ? 0 : queue.oldest().number, all.empty() ? 0 : *all.begin());
  }
}

}  // namespace
}  // namespace cero::core
