// Goal: no compressor allocates once it has seen its largest body. Method: the C library's
// allocator replaced by one that counts; a call before that must be seen to allocate.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "compress/compression_buffer.h"
#include "compress/gzip_compressor.h"
#include "compress/isal_compressor.h"
#include "compress/zstd_compressor.h"
#include "support/malloc_count.h"
#include "support/trace_bodies.h"

namespace cero::core {
namespace {

struct Maker {
  const char* name;
  std::unique_ptr<Compressor> (*make)();
};

// Those that this build has.
std::vector<Maker> makers() {
  std::vector<Maker> makers = {{"libdeflate", []() -> std::unique_ptr<Compressor> {
                                  return std::make_unique<GzipCompressor>(6);
                                }}};
  if (make_isal_compressor() != nullptr) makers.push_back({"isal", make_isal_compressor});
  if (has_zstd()) makers.push_back({"zstd", [] { return make_zstd_compressor({}); }});
  return makers;
}

class Allocations : public testing::TestWithParam<Maker> {};

TEST_P(Allocations, are_none_in_a_steady_state) {
  test::TraceBodies bodies(1);
  const std::string large = bodies.next(800);
  const std::string small = bodies.next(10);
  const auto compressor = GetParam().make();
  CompressionBuffer buffer;
  std::string out;
  const uint64_t at_first = test::malloc_count();
  buffer.compress(*compressor, large, &out);
  const uint64_t before = test::malloc_count();
  ASSERT_GT(before, at_first) << "nobody counts";
  for (int i = 0; i < 50; ++i) buffer.compress(*compressor, i % 2 == 0 ? small : large, &out);
  EXPECT_EQ(test::malloc_count() - before, 0u);
}

INSTANTIATE_TEST_SUITE_P(Compressors, Allocations, testing::ValuesIn(makers()),
                         [](const auto& maker) { return std::string(maker.param.name); });

}  // namespace
}  // namespace cero::core
