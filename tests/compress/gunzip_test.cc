// Goal: gunzip gives back what was compressed, within its bound, and nothing for what is no gzip.
#include "compress/gunzip.h"

#include <gtest/gtest.h>

#include "compress/compression_buffer.h"
#include "compress/gzip_compressor.h"

namespace cero::core {
namespace {

std::string gzip(std::string_view bytes) {
  GzipCompressor compressor(1);
  CompressionBuffer buffer;
  std::string out;
  buffer.compress(compressor, bytes, &out);
  return out;
}

TEST(Gunzip, gives_back_small_and_large) {
  for (const size_t size : {0u, 1u, 4095u, 4096u, 4097u, 1'000'000u}) {
    const std::string bytes(size, 'a');
    EXPECT_EQ(gunzip(gzip(bytes), 1'000'000), bytes) << size;
  }
}

TEST(Gunzip, stops_at_its_bound) {
  const std::string gzipped = gzip(std::string(10'001, 'a'));
  EXPECT_TRUE(gunzip(gzipped, 10'001));
  EXPECT_FALSE(gunzip(gzipped, 10'000));
  EXPECT_FALSE(gunzip(gzipped, 0));
}

TEST(Gunzip, refuses_what_is_no_gzip) {
  const std::string gzipped = gzip("some text");
  EXPECT_FALSE(gunzip("", 100));
  EXPECT_FALSE(gunzip("some text", 100));
  EXPECT_FALSE(gunzip(gzipped.substr(0, gzipped.size() - 1), 100));
}

}  // namespace
}  // namespace cero::core
