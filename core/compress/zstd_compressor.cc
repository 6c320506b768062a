#include "compress/zstd_compressor.h"

#include <zstd.h>

#include <new>

#include "base/assert.h"

namespace cero::core {
namespace {

constexpr int kLevelDefault = -1;
constexpr int kLevelOfLibzstd = 0;  // libzstd takes it for its own default, 3
constexpr int kMinMatch = 5;
constexpr int kHashLog = 13;  // of entries of 4 bytes

// Those above 1 look for matches of 5 bytes and less as they are.
bool is_tuned(int level) { return level <= 1 && level != kLevelOfLibzstd; }

struct ContextDeleter {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

class ZstdCompressor final : public Compressor {
 public:
  explicit ZstdCompressor(int level) : context_(ZSTD_createCCtx()) {
    if (!context_) throw std::bad_alloc();
    set(ZSTD_c_compressionLevel, level);
    if (!is_tuned(level)) return;
    set(ZSTD_c_minMatch, kMinMatch);
    set(ZSTD_c_hashLog, kHashLog);
  }

  size_t bound(size_t bytes) const override { return ZSTD_compressBound(bytes); }

  size_t compress(std::string_view in, char* out) override {
    const size_t size = ZSTD_compress2(context_.get(), out, bound(in.size()), in.data(), in.size());
    // With room for the bound, memory is all that can be missing.
    if (ZSTD_isError(size) != 0) throw std::bad_alloc();
    return size;
  }

 private:
  void set(ZSTD_cParameter parameter, int value) {
    const size_t result = ZSTD_CCtx_setParameter(context_.get(), parameter, value);
    CERO_ASSERT(ZSTD_isError(result) == 0);
    static_cast<void>(result);
  }

  std::unique_ptr<ZSTD_CCtx, ContextDeleter> context_;
};

}  // namespace

bool has_zstd() noexcept { return true; }

std::unique_ptr<Compressor> make_zstd_compressor(std::optional<int> level) {
  CERO_ASSERT(!level || (*level >= kZstdLevelMin && *level <= kZstdLevelMax));
  return std::make_unique<ZstdCompressor>(level.value_or(kLevelDefault));
}

bool zstd_decompress(std::string_view frame, size_t bytes_max, std::string* out) {
  const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR) return false;
  if (size > bytes_max) return false;
  out->resize(size);
  return ZSTD_decompress(out->data(), out->size(), frame.data(), frame.size()) == size;
}

}  // namespace cero::core
