// Goal: what GzipCompressor writes is one gzip member that inflates to the input.
// Method: inflate with libdeflate and compare; compressed bytes themselves are never compared.
#include "compress/gzip_compressor.h"

#include <gtest/gtest.h>

#include <string>

#include "compress/compression_buffer.h"
#include "compress/inflate_gzip.h"
#include "compress/sample_bytes.h"

namespace cero::core {
namespace {

std::string compressed(int level, const std::string& in) {
  GzipCompressor compressor(level);
  CompressionBuffer buffer;
  std::string out;
  buffer.compress(compressor, in, &out);
  return out;
}

TEST(GzipCompressor, round_trips_at_every_level) {
  const std::string in = test::sample_text(100'000);
  for (int level = GzipCompressor::kLevelMin; level <= GzipCompressor::kLevelMax; ++level) {
    const std::string out = compressed(level, in);
    EXPECT_LT(out.size(), in.size() / 3) << "level " << level;
    EXPECT_EQ(test::inflate_gzip(out, in.size()), in) << "level " << level;
  }
}

TEST(GzipCompressor, round_trips_bodies_of_every_small_size) {
  GzipCompressor compressor(1);
  CompressionBuffer buffer;
  for (size_t size = 0; size < 300; ++size) {
    std::string out;
    buffer.compress(compressor, test::sample_text(size), &out);
    EXPECT_EQ(test::inflate_gzip(out, size), test::sample_text(size));
  }
}

TEST(GzipCompressor, round_trips_what_cannot_be_compressed) {
  const std::string in = test::sample_noise(50'000);
  EXPECT_EQ(test::inflate_gzip(compressed(6, in), in.size()), in);
}

}  // namespace
}  // namespace cero::core
