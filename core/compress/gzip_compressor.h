// GzipCompressor: gzip by libdeflate.
//
// Cost:   libdeflate's state for the level, under 1 MiB.
// Format: always a single gzip member. Some servers read only the first one of several.
#ifndef CERO_CORE_COMPRESS_GZIP_COMPRESSOR_H_
#define CERO_CORE_COMPRESS_GZIP_COMPRESSOR_H_

#include "compress/compressor.h"

struct libdeflate_compressor;

namespace cero::core {

class GzipCompressor final : public Compressor {
 public:
  static constexpr int kLevelMin = 1;
  static constexpr int kLevelMax = 12;

  // Throws std::bad_alloc when there is no memory for the level's state.
  explicit GzipCompressor(int level);
  ~GzipCompressor() override;

  size_t bound(size_t bytes) const override;
  size_t compress(std::string_view in, char* out) override;

 private:
  libdeflate_compressor* state_;
};

}  // namespace cero::core

#endif  // CERO_CORE_COMPRESS_GZIP_COMPRESSOR_H_
