// Goal: four bodies go round, in order, and their spans are counted while they are out. Method:
// both sides on one thread, then one thread each.
#include "otlp/body.h"

#include <gtest/gtest.h>

#include <semaphore>
#include <set>
#include <thread>

namespace cero::core {
namespace {

TEST(BodyExchange, hands_out_each_body_once) {
  BodyExchange exchange;
  exchange.set_wakers([] {}, [](uint32_t) {});
  std::set<Body*> bodies;
  for (size_t i = 0; i < BodyExchange::kBodyCount; ++i) {
    Body* body = exchange.try_acquire();
    ASSERT_NE(body, nullptr);
    EXPECT_TRUE(bodies.insert(body).second);
  }
  EXPECT_EQ(exchange.try_acquire(), nullptr);
  EXPECT_EQ(exchange.try_take(), nullptr);
}

TEST(BodyExchange, takes_in_the_order_of_submission_and_counts_spans) {
  BodyExchange exchange;
  uint32_t submits = 0;
  uint32_t spans_released = 0;
  exchange.set_wakers([&] { ++submits; }, [&](uint32_t spans) { spans_released += spans; });
  for (uint64_t number = 1; number <= 3; ++number) {
    Body* body = exchange.try_acquire();
    ASSERT_NE(body, nullptr);
    body->number = number;
    body->span_count = static_cast<uint32_t>(10 * number);
    exchange.submit(body);
  }
  EXPECT_EQ(submits, 3u);
  EXPECT_EQ(exchange.span_count(), 60u);
  for (uint64_t number = 1; number <= 3; ++number) {
    Body* body = exchange.try_take();
    ASSERT_NE(body, nullptr);
    EXPECT_EQ(body->number, number);
    exchange.release(body);
  }
  EXPECT_EQ(exchange.try_take(), nullptr);
  EXPECT_EQ(exchange.span_count(), 0u);
  EXPECT_EQ(spans_released, 60u);
}

TEST(BodyExchange, keeps_the_capacity_of_bodies) {
  BodyExchange exchange;
  exchange.set_wakers([] {}, [](uint32_t) {});
  for (size_t i = 0; i < 2 * BodyExchange::kBodyCount; ++i) {
    Body* body = exchange.try_acquire();
    ASSERT_NE(body, nullptr);
    const bool used_before = i >= BodyExchange::kBodyCount;
    EXPECT_GE(body->bytes.capacity(), used_before ? 10'000u : 0u);
    body->bytes.assign(10'000, 'x');
    body->span_count = 1;
    exchange.submit(body);
    exchange.release(exchange.try_take());
  }
}

TEST(BodyExchange, passes_everything_from_thread_to_thread) {
  constexpr uint64_t kBodies = 10'000;
  BodyExchange exchange;
  std::counting_semaphore<> submitted(0);
  std::counting_semaphore<> released(BodyExchange::kBodyCount);
  exchange.set_wakers([&] { submitted.release(); }, [&](uint32_t) { released.release(); });
  std::thread taker([&] {
    for (uint64_t number = 1; number <= kBodies; ++number) {
      submitted.acquire();
      Body* body = exchange.try_take();
      ASSERT_NE(body, nullptr);
      ASSERT_EQ(body->number, number);
      ASSERT_EQ(body->bytes, std::to_string(number));
      exchange.release(body);
    }
  });
  for (uint64_t number = 1; number <= kBodies; ++number) {
    released.acquire();
    Body* body = exchange.try_acquire();
    ASSERT_NE(body, nullptr);
    body->number = number;
    body->bytes = std::to_string(number);
    body->span_count = 1;
    exchange.submit(body);
  }
  taker.join();
  EXPECT_EQ(exchange.span_count(), 0u);
}

}  // namespace
}  // namespace cero::core
