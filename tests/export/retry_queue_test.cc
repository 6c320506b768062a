// Goal: RetryQueue gives batches out in the promised order, knows its oldest, and keeps to its
// bytes.
#include "export/retry_queue.h"

#include <gtest/gtest.h>

#include <array>
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

// Has so many bytes to lend.
class FewBytes final : public Lender {
 public:
  explicit FewBytes(uint64_t bytes) : bytes_(bytes) {}
  bool try_lend(uint64_t bytes) noexcept override {
    if (bytes > bytes_) return false;
    bytes_ -= bytes;
    return true;
  }
  void take_back(uint64_t bytes) noexcept override { bytes_ += bytes; }
  uint64_t bytes() const { return bytes_; }

 private:
  uint64_t bytes_;
};

TEST(RetryQueue, gives_ready_batches_first_in_first_out) {
  RetryQueue queue(1 << 20, 4);
  for (uint64_t number = 1; number <= 3; ++number) add(queue, number);
  for (uint64_t number = 1; number <= 3; ++number)
    EXPECT_EQ(queue.take(kStart, Pick::due)->number, number);
  EXPECT_EQ(queue.take(kStart, Pick::due), nullptr);
  EXPECT_EQ(queue.count(), 3u);
}

TEST(RetryQueue, gives_a_delayed_batch_when_due_and_before_ready_ones) {
  RetryQueue queue(1 << 20, 4);
  add(queue, 1);
  add(queue, 2);
  queue.delay_until(*queue.take(kStart, Pick::due), kStart + 5s);
  EXPECT_EQ(queue.next_due(false), TimePoint{}) << "a ready one is due at once";
  EXPECT_EQ(queue.take(kStart, Pick::due)->number, 2u);
  EXPECT_EQ(queue.next_due(false), kStart + 5s);
  EXPECT_EQ(queue.take(kStart + 5s - 1ns, Pick::due), nullptr);
  EXPECT_EQ(queue.take(kStart + 5s, Pick::due)->number, 1u);
  EXPECT_EQ(queue.next_due(false), std::nullopt);
}

TEST(RetryQueue, gives_a_delayed_batch_too_early_in_an_outage_only_when_none_is_ready) {
  RetryQueue queue(1 << 20, 4);
  add(queue, 1);
  queue.delay_until(*queue.take(kStart, Pick::probe), kStart + 5s);
  add(queue, 2);
  EXPECT_EQ(queue.take(kStart, Pick::probe)->number, 2u);
  EXPECT_EQ(queue.next_due(true), TimePoint{});
  EXPECT_EQ(queue.take(kStart, Pick::probe)->number, 1u);
}

TEST(RetryQueue, probes_with_the_last_ready_batch_and_with_one_at_fault_last_of_all) {
  RetryQueue queue(1 << 20, 4);
  for (uint64_t number = 1; number <= 4; ++number) add(queue, number);
  Batch* bad = queue.take(kStart, Pick::due);
  bad->own_fault = true;
  queue.delay_until(*bad, kStart + 1s);
  queue.delay_until(*queue.take(kStart, Pick::due), kStart + 5s);
  for (const uint64_t number : {4, 3, 2, 1})
    EXPECT_EQ(queue.take(kStart, Pick::probe)->number, number);
  EXPECT_EQ(queue.take(kStart, Pick::probe), nullptr);
}

TEST(RetryQueue, gives_a_fresh_batch_before_one_that_is_due) {
  RetryQueue queue(1 << 20, 4);
  add(queue, 1);
  queue.delay_until(*queue.take(kStart, Pick::due), kStart);
  add(queue, 2);
  EXPECT_EQ(queue.take(kStart, Pick::fresh)->number, 2u);
  EXPECT_EQ(queue.take(kStart, Pick::fresh)->number, 1u) << "where there is none";
}

TEST(RetryQueue, gives_up_what_was_refused_the_longest_by_its_own_fault_alone) {
  RetryQueue queue(1 << 20, 4);
  for (uint64_t number = 1; number <= 4; ++number) {
    add(queue, number);
    Batch* batch = queue.take(kStart, Pick::due);
    batch->own_fault = number != 1;
    batch->refused_time = std::array{9s, 0s, 7s, 3s}[number - 1];
    if (number < 4) queue.delay_until(*batch, kStart + number * 1s);
  }
  EXPECT_EQ(queue.take_worst()->number, 3u);
  EXPECT_EQ(queue.take_worst()->number, 2u);
  EXPECT_EQ(queue.take_worst(), nullptr) << "1 may have failed with all others, 4 is in flight";
  EXPECT_EQ(queue.take(kStart + 1s, Pick::due)->number, 1u);
}

TEST(RetryQueue, ends_all_delays) {
  RetryQueue queue(1 << 20, 4);
  for (uint64_t number = 1; number <= 3; ++number) {
    add(queue, number);
    queue.delay_until(*queue.take(kStart, Pick::due), kStart + number * 10s);
  }
  queue.end_delays(kStart);
  std::set<uint64_t> taken;
  while (Batch* batch = queue.take(kStart, Pick::due)) taken.insert(batch->number);
  EXPECT_EQ(taken, (std::set<uint64_t>{1, 2, 3}));
}

TEST(RetryQueue, borrows_room_and_repays_it) {
  constexpr uint64_t kMebi = 1 << 20;
  FewBytes lender(3 * kMebi);
  {
    RetryQueue queue(kMebi, 0, &lender);
    for (uint64_t number = 1; number <= 4; ++number) {
      EXPECT_TRUE(queue.has_room()) << number;
      add(queue, number, kMebi);
    }
    EXPECT_FALSE(queue.has_room());
    EXPECT_EQ(lender.bytes(), 0u);
    for (int i = 0; i < 2; ++i) queue.remove(*queue.take(kStart, Pick::due));
    EXPECT_GE(lender.bytes(), 3 * kMebi / 2);
    EXPECT_TRUE(queue.has_room());
  }
  EXPECT_EQ(lender.bytes(), 3 * kMebi);
}

TEST(RetryQueue, has_no_room_from_its_bytes_on) {
  RetryQueue queue(1'000 + RetryQueue::kBatchBytes, 4);
  add(queue, 1, 999);
  EXPECT_TRUE(queue.has_room());
  add(queue, 2, 999);
  EXPECT_FALSE(queue.has_room());
  queue.remove(*queue.take(kStart, Pick::due));
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
  Batch* first = queue.take(kStart, Pick::due);
  Batch* batch = queue.take(kStart, Pick::due);
  ASSERT_EQ(batch->number, 2u);
  std::unique_ptr<Batch> half = queue.make();
  half->number = 2;
  half->span_count = 1;
  half->bytes.assign(100, 'h');
  const Batch* const other = half.get();
  queue.add_half(*batch, std::move(half));
  queue.make_next(*batch);
  EXPECT_EQ(queue.count(), 4u);
  EXPECT_EQ(queue.take(kStart, Pick::due), batch);
  EXPECT_EQ(queue.take(kStart, Pick::due), other);
  EXPECT_EQ(queue.take(kStart, Pick::due)->number, 3u);
  queue.remove(*first);
  queue.remove(*batch);
  EXPECT_EQ(&queue.oldest(), other) << "the number is not settled yet";
}

TEST(RetryQueue, uses_the_buffer_of_a_removed_batch_again) {
  RetryQueue queue(1 << 20, 4);
  const char* buffer = add(queue, 1, 5'000).bytes.data();
  queue.remove(*queue.take(kStart, Pick::due));
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
  Batch* batch = queue.take(kStart, Pick::due);
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
  queue.remove(*queue.take(kStart, Pick::due));
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
        const auto pick = std::array{Pick::due, Pick::due, Pick::fresh, Pick::probe}[random() % 4];
        Batch* batch = queue.take(now, pick);
        const bool due = !delayed.empty() && delayed.begin()->first <= now;
        const bool any_delayed = pick == Pick::probe ? !delayed.empty() : due;
        if (any_delayed && (pick == Pick::due || ready.empty())) {
          ASSERT_NE(batch, nullptr);
          const auto [first, last] = delayed.equal_range(delayed.begin()->first);
          const auto same =
              std::find_if(first, last, [&](auto& d) { return d.second == batch->number; });
          ASSERT_NE(same, last);
          delayed.erase(same);
        } else if (!ready.empty()) {
          ASSERT_NE(batch, nullptr);
          const bool last = pick == Pick::probe;
          ASSERT_EQ(batch->number, last ? ready.back() : ready.front());
          last ? ready.pop_back() : ready.pop_front();
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
