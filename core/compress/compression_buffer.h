// CompressionBuffer: where an engine writes before the size is known.
//
// A batch may wait for long, and must then hold its own bytes and not the worst case's: so engines
// write here, and the batch gets a copy of what came out.
// Memory: as large as the largest body made it. Once that body was seen, compress() allocates only
//         for *out.
#ifndef CERO_CORE_COMPRESS_COMPRESSION_BUFFER_H_
#define CERO_CORE_COMPRESS_COMPRESSION_BUFFER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "compress/compressor.h"

namespace cero::core {

class CompressionBuffer {
 public:
  // What it makes leaves so many bytes free in front.
  explicit CompressionBuffer(size_t bytes_in_front = 0) : bytes_in_front_(bytes_in_front) {}

  // Replaces *out, whose capacity grows when it must and never shrinks. Throws std::bad_alloc.
  void compress(Compressor& compressor, std::string_view in, std::string* out);

 private:
  const size_t bytes_in_front_;
  std::unique_ptr<char[]> bytes_;
  size_t bytes_max_ = 0;
};

}  // namespace cero::core

#endif  // CERO_CORE_COMPRESS_COMPRESSION_BUFFER_H_
