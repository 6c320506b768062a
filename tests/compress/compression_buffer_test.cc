// Goal: a batch gets its own bytes, in memory that fits them and is used again.
// Method: an engine that makes a third of its input, and the addresses and capacities it leaves.
#include "compress/compression_buffer.h"

#include <gtest/gtest.h>

#include <cstring>

namespace cero::core {
namespace {

// Keeps every third byte, and wants room for twice the input.
class Thinner final : public Compressor {
 public:
  size_t bound(size_t bytes) const override { return 2 * bytes + 1; }
  size_t compress(std::string_view in, char* out) override {
    std::memset(out, '-', bound(in.size()));
    size_t size = 0;
    for (size_t i = 0; i < in.size(); i += 3) out[size++] = in[i];
    return size;
  }
};

TEST(CompressionBuffer, replaces_what_was_in_the_output) {
  Thinner thinner;
  CompressionBuffer buffer;
  std::string out(10'000, 'x');
  buffer.compress(thinner, "abcdefg", &out);
  EXPECT_EQ(out, "adg");
}

TEST(CompressionBuffer, keeps_the_output_buffer_when_it_is_large_enough) {
  Thinner thinner;
  CompressionBuffer buffer;
  std::string out;
  buffer.compress(thinner, std::string(100'000, 'a'), &out);
  const char* bytes = out.data();
  buffer.compress(thinner, std::string(90'000, 'b'), &out);
  EXPECT_EQ(out.data(), bytes);
}

TEST(CompressionBuffer, takes_no_more_than_the_compressed_size_for_a_new_output) {
  Thinner thinner;
  CompressionBuffer buffer;
  std::string out;
  buffer.compress(thinner, std::string(1'000'000, 'a'), &out);
  EXPECT_EQ(out.capacity(), out.size());
}

}  // namespace
}  // namespace cero::core
