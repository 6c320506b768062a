#include "gzip/compressor.h"

#include <libdeflate.h>

#include <new>

#include "base/assert.h"

namespace cero::core {

Compressor::Compressor(int level) : state_(libdeflate_alloc_compressor(level)) {
  CERO_ASSERT(level >= kLevelMin && level <= kLevelMax);
  if (state_ == nullptr) throw std::bad_alloc();
}

Compressor::~Compressor() { libdeflate_free_compressor(state_); }

void Compressor::compress(std::string_view in, std::string* out) {
  // Into scratch first: a batch may wait for long, and must then hold its own bytes and not the
  // worst case's.
  const size_t bound = libdeflate_gzip_compress_bound(state_, in.size());
  if (bound > scratch_bytes_) {
    scratch_bytes_ = 0;
    scratch_.reset();
    scratch_ = std::make_unique_for_overwrite<char[]>(bound);
    scratch_bytes_ = bound;
  }
  const size_t size =
      libdeflate_gzip_compress(state_, in.data(), in.size(), scratch_.get(), scratch_bytes_);
  CERO_ASSERT(size > 0 && size <= bound);
  out->assign(scratch_.get(), size);
}

}  // namespace cero::core
