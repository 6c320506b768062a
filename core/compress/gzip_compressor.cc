#include "compress/gzip_compressor.h"

#include <libdeflate.h>

#include <new>

#include "base/assert.h"

namespace cero::core {

GzipCompressor::GzipCompressor(int level) : state_(libdeflate_alloc_compressor(level)) {
  CERO_ASSERT(level >= kLevelMin && level <= kLevelMax);
  if (state_ == nullptr) throw std::bad_alloc();
}

GzipCompressor::~GzipCompressor() { libdeflate_free_compressor(state_); }

size_t GzipCompressor::bound(size_t bytes) const {
  return libdeflate_gzip_compress_bound(state_, bytes);
}

size_t GzipCompressor::compress(std::string_view in, char* out) {
  return libdeflate_gzip_compress(state_, in.data(), in.size(), out, bound(in.size()));
}

}  // namespace cero::core
