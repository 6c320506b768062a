#include <zstd.h>

#include <algorithm>
#include <new>

#include "receiver/inflate.h"

namespace cero::receiver {

void Inflater::FreeZstd::operator()(ZSTD_DCtx_s* decompressor) const {
  ZSTD_freeDCtx(decompressor);
}

bool Inflater::knows_zstd() { return true; }

// As a stream: a frame need not say how long its content is, and may lie.
Inflater::Result Inflater::inflate_zstd(std::string_view zstd, size_t bytes_max) {
  if (!zstd_) zstd_.reset(ZSTD_createDCtx());
  if (!zstd_) throw std::bad_alloc();
  ZSTD_DCtx_reset(zstd_.get(), ZSTD_reset_session_only);
  ZSTD_inBuffer in{zstd.data(), zstd.size(), 0};
  size_t used = 0;
  while (true) {
    ZSTD_outBuffer out{buffer_.get(), std::min(buffer_bytes_, bytes_max), used};
    const size_t left = ZSTD_decompressStream(zstd_.get(), &out, &in);
    if (ZSTD_isError(left) != 0) return {Outcome::malformed, {}};
    used = out.pos;
    const bool all_taken = in.pos == in.size;
    if (left == 0 && all_taken) return {Outcome::ok, {buffer_.get(), used}};
    if (out.pos < out.size) {
      if (all_taken) return {Outcome::malformed, {}};  // it wants more, and there is no more
      continue;                                        // the next frame
    }
    if (left == 0) continue;
    if (buffer_bytes_ >= bytes_max) return {Outcome::too_large, {}};
    grow(buffer_bytes_ * 2, used);
  }
}

}  // namespace cero::receiver
