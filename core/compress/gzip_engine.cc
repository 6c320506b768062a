#include "compress/gzip_engine.h"

#include "base/assert.h"
#include "compress/gzip_compressor.h"
#include "compress/isal_compressor.h"

namespace cero::core {

std::unique_ptr<Compressor> make_gzip_engine(GzipEngine engine, std::optional<int> level) {
  const bool isal =
      engine == GzipEngine::isal || (engine == GzipEngine::automatic && !level && has_isal());
  if (!isal) return std::make_unique<GzipCompressor>(level.value_or(GzipCompressor::kLevelMin));
  CERO_ASSERT(has_isal() && !level);
  return make_isal_compressor();
}

}  // namespace cero::core
