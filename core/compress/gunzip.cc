#include "compress/gunzip.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>
#include <new>

namespace cero::core {
namespace {

constexpr size_t kBytesAtStart = 4096;

struct Free {
  void operator()(libdeflate_decompressor* state) const { libdeflate_free_decompressor(state); }
};

}  // namespace

std::optional<std::string> gunzip(std::string_view gzip, size_t bytes_max) {
  const std::unique_ptr<libdeflate_decompressor, Free> state(libdeflate_alloc_decompressor());
  if (!state) throw std::bad_alloc();
  std::string out(std::min(kBytesAtStart, bytes_max), '\0');
  while (true) {
    size_t size = 0;
    const libdeflate_result result = libdeflate_gzip_decompress(
        state.get(), gzip.data(), gzip.size(), out.data(), out.size(), &size);
    if (result == LIBDEFLATE_SUCCESS) {
      out.resize(size);
      return out;
    }
    if (result != LIBDEFLATE_INSUFFICIENT_SPACE || out.size() == bytes_max) return std::nullopt;
    out.resize(std::min(2 * out.size(), bytes_max));
  }
}

}  // namespace cero::core
