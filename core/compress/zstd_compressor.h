// zstd by libzstd, which a build of cero may be without: zstd_compressor.cc or zstd_absent.cc is
// compiled.
//
// Cost:   half a MiB of state. It is sized by the first body; when bodies are less than a third of
//         its size for long, libzstd shrinks it, and allocates again for a larger one.
// Format: one frame, which says how long its content is.
#ifndef CERO_CORE_COMPRESS_ZSTD_COMPRESSOR_H_
#define CERO_CORE_COMPRESS_ZSTD_COMPRESSOR_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "compress/compressor.h"

namespace cero::core {

constexpr int kZstdLevelMin = -7;
constexpr int kZstdLevelMax = 12;

// Whether this build of cero can zstd. The functions below must not be called when it cannot.
bool has_zstd() noexcept;

// Unset: -1, which takes about as long as ISA-L's gzip for 5 to 16 % fewer bytes of spans; 1 saves
// 2 to 4 % more for a sixth more time. The levels up to 1 look for matches of 5 bytes and more, in
// a table of 32 KiB. As libzstd has them they look for 6 or 7 bytes, and miss the short fields that
// spans repeat between ids; in their larger table the ids crowd out more than they find. Throws
// std::bad_alloc.
std::unique_ptr<Compressor> make_zstd_compressor(std::optional<int> level);

// The content, of at most bytes_max, of what a zstd compressor made. False: it is no such thing.
// Throws std::bad_alloc.
[[nodiscard]] bool zstd_decompress(std::string_view frame, size_t bytes_max, std::string* out);

}  // namespace cero::core

#endif  // CERO_CORE_COMPRESS_ZSTD_COMPRESSOR_H_
