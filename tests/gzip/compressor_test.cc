// Goal: what Compressor writes is one gzip member that inflates to the input.
// Method: inflate with libdeflate and compare; compressed bytes themselves are never compared.
#include "gzip/compressor.h"

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <memory>
#include <random>
#include <string>

namespace cero::core {
namespace {

// Inflates the first member, and fails unless there is nothing after it.
std::string inflate(const std::string& gzip, size_t size) {
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> state(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  std::string plain(size + 1, '\0');
  size_t used = 0;
  size_t written = 0;
  const libdeflate_result result = libdeflate_gzip_decompress_ex(
      state.get(), gzip.data(), gzip.size(), plain.data(), plain.size(), &used, &written);
  EXPECT_EQ(result, LIBDEFLATE_SUCCESS);
  EXPECT_EQ(used, gzip.size()) << "more than one member";
  plain.resize(written);
  return plain;
}

std::string text(size_t size) {
  std::string out;
  while (out.size() < size) out += "/api/v1/orders/" + std::to_string(out.size() % 977) + ' ';
  out.resize(size);
  return out;
}

TEST(Compressor, round_trips_at_every_level) {
  const std::string in = text(100'000);
  for (int level = Compressor::kLevelMin; level <= Compressor::kLevelMax; ++level) {
    Compressor compressor(level);
    std::string out;
    compressor.compress(in, &out);
    EXPECT_LT(out.size(), in.size() / 3) << "level " << level;
    EXPECT_EQ(inflate(out, in.size()), in) << "level " << level;
  }
}

TEST(Compressor, round_trips_bodies_of_every_small_size) {
  Compressor compressor(1);
  for (size_t size = 0; size < 300; ++size) {
    std::string out;
    compressor.compress(text(size), &out);
    EXPECT_EQ(inflate(out, size), text(size));
  }
}

TEST(Compressor, round_trips_what_cannot_be_compressed) {
  std::mt19937_64 random(1);
  std::string in;
  for (int i = 0; i < 50'000; ++i) in += static_cast<char>(random());
  Compressor compressor(6);
  std::string out;
  compressor.compress(in, &out);
  EXPECT_EQ(inflate(out, in.size()), in);
}

TEST(Compressor, replaces_what_was_in_the_output) {
  Compressor compressor(1);
  std::string out(10'000, 'x');
  compressor.compress("abc", &out);
  EXPECT_EQ(inflate(out, 3), "abc");
}

TEST(Compressor, keeps_the_output_buffer_when_it_is_large_enough) {
  Compressor compressor(1);
  std::string out;
  compressor.compress(text(100'000), &out);
  const char* buffer = out.data();
  compressor.compress(text(90'000), &out);
  EXPECT_EQ(out.data(), buffer);
}

TEST(Compressor, takes_no_more_than_the_compressed_size_for_a_new_output) {
  Compressor compressor(1);
  std::string out;
  compressor.compress(text(1'000'000), &out);
  EXPECT_EQ(out.capacity(), out.size());
}

}  // namespace
}  // namespace cero::core
