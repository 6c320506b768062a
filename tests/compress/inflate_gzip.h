// inflate_gzip: what a gzip body was made of, by libdeflate.
#ifndef CERO_TESTS_COMPRESS_INFLATE_GZIP_H_
#define CERO_TESTS_COMPRESS_INFLATE_GZIP_H_

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <memory>
#include <string>
#include <string_view>

namespace cero::test {

// Inflates the first member, and fails unless there is nothing after it.
inline std::string inflate_gzip(std::string_view gzip, size_t size) {
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

}  // namespace cero::test

#endif  // CERO_TESTS_COMPRESS_INFLATE_GZIP_H_
