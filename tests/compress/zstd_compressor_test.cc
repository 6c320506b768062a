// Goal: what the zstd compressor writes comes back as it was, and damage is noticed.
// Method: compress, decompress by libzstd through our own function, compare; compressed bytes
// themselves are never compared. A build without zstd has nothing to test but that it says so.
#include "compress/zstd_compressor.h"

#include <gtest/gtest.h>

#include <string>

#include "compress/compression_buffer.h"
#include "compress/sample_bytes.h"

namespace cero::core {
namespace {

class ZstdCompressor : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_zstd()) GTEST_SKIP() << "built without libzstd";
  }

  std::string compressed(std::optional<int> level, const std::string& in) {
    const auto compressor = make_zstd_compressor(level);
    std::string out;
    buffer_.compress(*compressor, in, &out);
    return out;
  }
  static std::string decompressed(const std::string& frame) {
    std::string out;
    EXPECT_TRUE(zstd_decompress(frame, 1 << 20, &out));
    return out;
  }

  CompressionBuffer buffer_;
};

TEST_F(ZstdCompressor, round_trips_at_every_level) {
  const std::string in = test::sample_text(100'000);
  for (int level = kZstdLevelMin; level <= kZstdLevelMax; ++level) {
    const std::string out = compressed(level, in);
    EXPECT_LT(out.size(), in.size() / 3) << "level " << level;
    EXPECT_EQ(decompressed(out), in) << "level " << level;
  }
  EXPECT_EQ(decompressed(compressed({}, in)), in);
}

TEST_F(ZstdCompressor, round_trips_bodies_of_every_small_size) {
  const auto compressor = make_zstd_compressor({});
  for (size_t size = 0; size < 300; ++size) {
    std::string out;
    buffer_.compress(*compressor, test::sample_text(size), &out);
    EXPECT_EQ(decompressed(out), test::sample_text(size));
  }
}

TEST_F(ZstdCompressor, round_trips_what_cannot_be_compressed) {
  const std::string in = test::sample_noise(50'000);
  EXPECT_EQ(decompressed(compressed(6, in)), in);
}

// Fields of five bytes between ids, at distances that vary: in a body of this size libzstd's fast
// levels look for six or seven bytes, and leave 0.82 (-1), 0.90 (-3) and 0.92 (1) of it.
TEST_F(ZstdCompressor, finds_the_short_fields_of_spans_at_its_fast_levels) {
  std::string in;
  const std::string noise = test::sample_noise(600'000);
  for (size_t at = 0; at + 16 <= noise.size(); at += 16) {
    const auto byte = static_cast<unsigned char>(noise[at]);
    in.append(noise, at, 9 + byte % 8).append(byte % 2 == 0 ? "/item" : "/cart");
  }
  const auto share = [&](std::optional<int> level) {
    return static_cast<double>(compressed(level, in).size()) / static_cast<double>(in.size());
  };
  EXPECT_LT(share({}), 0.80);
  EXPECT_LT(share(1), 0.80);
  EXPECT_LT(share(-3), 0.86);
}

TEST_F(ZstdCompressor, is_at_its_level_of_minus_one_by_default) {
  const std::string in = test::sample_text(100'000);
  EXPECT_EQ(compressed({}, in), compressed(-1, in));
}

TEST_F(ZstdCompressor, notices_a_damaged_body) {
  const std::string frame = compressed({}, test::sample_text(10'000));
  std::string out;
  EXPECT_FALSE(zstd_decompress("", 10'000, &out));
  EXPECT_FALSE(zstd_decompress("hello", 10'000, &out));
  EXPECT_FALSE(zstd_decompress(frame.substr(0, frame.size() / 2), 10'000, &out));
}

TEST_F(ZstdCompressor, refuses_a_frame_whose_content_is_too_large) {
  const std::string frame = compressed({}, test::sample_text(10'000));
  std::string out;
  EXPECT_TRUE(zstd_decompress(frame, 10'000, &out));
  EXPECT_FALSE(zstd_decompress(frame, 9'999, &out));
}

// No string is as long as this one says.
TEST_F(ZstdCompressor, believes_no_frame_that_says_it_is_enormous) {
  const std::string frame("\x28\xb5\x2f\xfd\xe0\xff\xff\xff\xff\xff\xff\xff\x7f", 13);
  std::string out;
  EXPECT_FALSE(zstd_decompress(frame, 10'000, &out));
}

}  // namespace
}  // namespace cero::core
