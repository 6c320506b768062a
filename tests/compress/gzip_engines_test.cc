// Goal: a fixed level is kept under any load; without one the load chooses the engine, and each
// makes gzip. Method: time is numbers; what an engine makes is inflated.
#include "compress/gzip_engines.h"

#include <gtest/gtest.h>

#include "compress/compression_buffer.h"
#include "compress/inflate_gzip.h"
#include "compress/isal_compressor.h"
#include "compress/sample_bytes.h"

namespace cero::core {
namespace {

using namespace std::chrono_literals;

// What a body becomes; the body itself where it is left as it is.
std::string pack(Compressor* engine, const std::string& body) {
  if (engine == nullptr) return body;
  std::string packed;
  CompressionBuffer().compress(*engine, body, &packed);
  EXPECT_EQ(test::inflate_gzip(packed, body.size()), body);
  return packed;
}

// Takes bodies without a pause in between until the engine is another one, or a hundred times.
Compressor* next_engine_under_pressure(GzipEngines& engines, TimePoint& now) {
  Compressor* const first = engines.took_body(now, /*none_free=*/true);
  for (int i = 0; i < 100; ++i) {
    Compressor* const engine = engines.took_body(now += 1ms, /*none_free=*/true);
    if (engine != first) return engine;
  }
  return first;
}

TEST(GzipEngines, keeps_a_fixed_level_under_pressure) {
  TimePoint now{1h};
  GzipEngines engines(9, now);
  Compressor* const engine = engines.took_body(now, /*none_free=*/true);
  ASSERT_NE(engine, nullptr);
  EXPECT_EQ(next_engine_under_pressure(engines, now), engine);
  EXPECT_EQ(engine, &engines.normal());
}

TEST(GzipEngines, goes_from_normal_over_the_fast_one_where_there_is_one_to_none) {
  TimePoint now{1h};
  GzipEngines engines(std::nullopt, now);
  const std::string body = test::sample_text(100'000);
  Compressor* engine = engines.took_body(now, /*none_free=*/false);
  EXPECT_EQ(engine, &engines.normal());
  const size_t normal_size = pack(engine, body).size();
  if (make_isal_compressor() != nullptr) {
    engine = next_engine_under_pressure(engines, now);
    ASSERT_NE(engine, nullptr);
    EXPECT_NE(engine, &engines.normal());
    EXPECT_LT(pack(engine, body).size(), 2 * normal_size);
  }
  EXPECT_EQ(next_engine_under_pressure(engines, now), nullptr);
}

TEST(GzipEngines, makes_the_smallest_bodies_when_there_is_time) {
  TimePoint now{1h};
  GzipEngines engines(std::nullopt, now);
  const std::string body = test::sample_text(100'000);
  const size_t normal_size = pack(engines.took_body(now, /*none_free=*/false), body).size();
  for (int i = 0; i < 100; ++i) {
    engines.waited(1s);
    now += 1s;
    engines.took_body(now, /*none_free=*/false);
  }
  Compressor* const engine = engines.took_body(now, /*none_free=*/false);
  EXPECT_NE(engine, &engines.normal());
  EXPECT_LT(pack(engine, body).size(), normal_size);
}

}  // namespace
}  // namespace cero::core
