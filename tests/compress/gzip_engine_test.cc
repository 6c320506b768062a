// Goal: gzip is made by the engine that is asked for, else by the fastest of the build.
// Method: what engines make of a text tells them apart; it is inflated.
#include "compress/gzip_engine.h"

#include <gtest/gtest.h>

#include "compress/compression_buffer.h"
#include "compress/gzip_compressor.h"
#include "compress/inflate_gzip.h"
#include "compress/isal_compressor.h"
#include "compress/sample_bytes.h"

namespace cero::core {
namespace {

const std::string kBody = test::sample_text(100'000);

std::string pack(Compressor& engine) {
  std::string packed;
  CompressionBuffer().compress(engine, kBody, &packed);
  EXPECT_EQ(test::inflate_gzip(packed, kBody.size()), kBody);
  return packed;
}

std::string pack_with(GzipEngine engine, std::optional<int> level = {}) {
  return pack(*make_gzip_engine(engine, level));
}

std::string libdeflate(int level) {
  GzipCompressor compressor(level);
  return pack(compressor);
}

TEST(GzipEngine, is_isal_from_the_first_body_and_without_it_libdeflate_at_its_fastest) {
  EXPECT_EQ(pack_with(GzipEngine::automatic),
            has_isal() ? pack(*make_isal_compressor()) : libdeflate(1));
}

TEST(GzipEngine, is_libdeflate_where_a_level_is_set) {
  for (const int level : {1, 6, 12}) {
    EXPECT_EQ(pack_with(GzipEngine::automatic, level), libdeflate(level)) << level;
    EXPECT_EQ(pack_with(GzipEngine::libdeflate, level), libdeflate(level)) << level;
  }
}

TEST(GzipEngine, is_the_one_that_is_set) {
  EXPECT_EQ(pack_with(GzipEngine::libdeflate), libdeflate(1));
  if (has_isal()) {
    EXPECT_EQ(pack_with(GzipEngine::isal), pack(*make_isal_compressor()));
  }
}

}  // namespace
}  // namespace cero::core
