// A build without libzstd: validate() refuses Compression::zstd, so nothing else is asked for.
#include "base/assert.h"
#include "compress/zstd_compressor.h"

namespace cero::core {

bool has_zstd() noexcept { return false; }

std::unique_ptr<Compressor> make_zstd_compressor(std::optional<int> /*level*/) {
  CERO_ASSERT(has_zstd());
  return nullptr;
}

bool zstd_decompress(std::string_view /*frame*/, size_t /*bytes_max*/, std::string* /*out*/) {
  CERO_ASSERT(has_zstd());
  return false;
}

}  // namespace cero::core
