#include "receiver/inflate.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace cero::receiver {
namespace {

constexpr size_t kBufferBytesAtStart = size_t{1} << 20;

}  // namespace

void Inflater::FreeGzip::operator()(libdeflate_decompressor* decompressor) const {
  libdeflate_free_decompressor(decompressor);
}

Inflater::Inflater() : gzip_(libdeflate_alloc_decompressor()) {
  if (!gzip_) throw std::bad_alloc();
  grow(kBufferBytesAtStart, 0);
}

Inflater::~Inflater() = default;

void Inflater::grow(size_t bytes, size_t bytes_used) {
  std::unique_ptr<char[]> larger(new char[bytes]);
  if (bytes_used > 0) std::memcpy(larger.get(), buffer_.get(), bytes_used);
  buffer_ = std::move(larger);
  buffer_bytes_ = bytes;
}

Inflater::Result Inflater::inflate_gzip(std::string_view gzip, size_t bytes_max) {
  size_t used = 0;
  do {
    size_t taken = 0;
    size_t made = 0;
    const size_t room = std::min(buffer_bytes_, bytes_max) - used;
    const libdeflate_result result = libdeflate_gzip_decompress_ex(
        gzip_.get(), gzip.data(), gzip.size(), buffer_.get() + used, room, &taken, &made);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
      if (buffer_bytes_ >= bytes_max) return {Outcome::too_large, {}};
      grow(buffer_bytes_ * 2, used);
      continue;
    }
    if (result != LIBDEFLATE_SUCCESS) return {Outcome::malformed, {}};
    used += made;
    gzip.remove_prefix(taken);
  } while (!gzip.empty());
  return {Outcome::ok, {buffer_.get(), used}};
}

}  // namespace cero::receiver
