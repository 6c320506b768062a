// Goal: what ISA-L writes is one gzip member that inflates to the input, whatever the input.
// Method: inflate with libdeflate and compare. A build without ISA-L has nothing to test.
#include "compress/isal_compressor.h"

#include <gtest/gtest.h>

#include <string>

#include "compress/compression_buffer.h"
#include "compress/inflate_gzip.h"
#include "compress/sample_bytes.h"
#include "support/trace_bodies.h"

namespace cero::core {
namespace {

class IsalCompressor : public testing::Test {
 protected:
  void SetUp() override {
    if (compressor_ == nullptr) GTEST_SKIP() << "built without ISA-L";
  }

  void expect_round_trip(const std::string& in) {
    std::string out;
    buffer_.compress(*compressor_, in, &out);
    EXPECT_EQ(test::inflate_gzip(out, in.size()), in) << in.size();
  }

  const std::unique_ptr<Compressor> compressor_ = make_isal_compressor();
  CompressionBuffer buffer_;
};

TEST_F(IsalCompressor, round_trips_bodies_one_after_another) {
  test::TraceBodies bodies(1);
  for (const int spans : {4'096, 1, 512, 2'000}) expect_round_trip(bodies.next(spans));
}

TEST_F(IsalCompressor, round_trips_bodies_of_every_small_size) {
  for (size_t size = 0; size < 300; ++size) expect_round_trip(test::sample_text(size));
}

TEST_F(IsalCompressor, fits_its_bound_whatever_it_gets) {
  for (const size_t size : {1, 10, 100, 1'000, 65'534, 65'535, 65'536, 131'070, 131'071, 1'000'000})
    expect_round_trip(test::sample_noise(size));
}

}  // namespace
}  // namespace cero::core
