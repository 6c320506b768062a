// Compressor: one engine at one level, which turns a request body into one compressed unit.
//
// Threads: one at a time; each export thread owns its own.
// Cost:    the engine's state, made at construction or with the first body and kept.
#ifndef CERO_CORE_COMPRESS_COMPRESSOR_H_
#define CERO_CORE_COMPRESS_COMPRESSOR_H_

#include <cstddef>
#include <string_view>

namespace cero::core {

class Compressor {
 public:
  Compressor() = default;
  virtual ~Compressor() = default;
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  // The most bytes that compress() makes of so many.
  virtual size_t bound(size_t bytes) const = 0;

  // Returns how many bytes it wrote to `out`, which has room for bound(in.size()). Throws
  // std::bad_alloc.
  virtual size_t compress(std::string_view in, char* out) = 0;
};

}  // namespace cero::core

#endif  // CERO_CORE_COMPRESS_COMPRESSOR_H_
