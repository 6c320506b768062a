#include "compress/compression_buffer.h"

#include "base/assert.h"

namespace cero::core {

void CompressionBuffer::compress(Compressor& compressor, std::string_view in, std::string* out) {
  const size_t bound = compressor.bound(in.size());
  if (bound > bytes_max_) {
    bytes_max_ = 0;
    bytes_.reset();
    bytes_ = std::make_unique_for_overwrite<char[]>(bound);
    bytes_max_ = bound;
  }
  const size_t size = compressor.compress(in, bytes_.get());
  CERO_ASSERT(size > 0 && size <= bound);
  out->assign(bytes_.get(), size);
}

}  // namespace cero::core
