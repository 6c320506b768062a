// Goal: what the backend reads is what was recorded, whatever the program. Method: random programs
// over the tracing API against naive models, as the fuzzer runs them; this one guesses blindly.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "otlp/span_program.h"
#include "support/seed.h"

namespace cero::fuzz {
namespace {

TEST(SpanModel, agrees_with_random_programs) {
  std::mt19937_64 random(test::test_seed());
  for (int i = 0; i < 300; ++i) {
    std::vector<uint8_t> input(random() % 3'000);
    for (uint8_t& byte : input) byte = static_cast<uint8_t>(random());
    ASSERT_EQ(run_span_program(input), "") << "program " << i;
  }
}

}  // namespace
}  // namespace cero::fuzz
