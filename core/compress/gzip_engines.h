// GzipEngines: the engines that make gzip for one export thread, and which of them is next: that of
// a fixed level, or by load.
#ifndef CERO_CORE_COMPRESS_GZIP_ENGINES_H_
#define CERO_CORE_COMPRESS_GZIP_ENGINES_H_

#include <memory>
#include <optional>

#include "base/clock.h"
#include "compress/compressor.h"
#include "compress/gzip_compressor.h"
#include "compress/level_policy.h"

namespace cero::core {

class GzipEngines {
 public:
  // No level: by load. Throws std::bad_alloc.
  GzipEngines(std::optional<int> fixed_level, TimePoint now);

  // What LevelPolicy is told. took_body() returns the engine for the body, nullptr: it is best left
  // as it is.
  void waited(std::chrono::nanoseconds time);
  Compressor* took_body(TimePoint now, bool none_free);

  // For what is not part of the load.
  Compressor& normal() { return normal_; }

 private:
  GzipCompressor normal_;  // the fixed level's, if there is one
  std::optional<GzipCompressor> idle_;
  std::unique_ptr<Compressor> busy_;
  std::optional<LevelPolicy> policy_;  // absent: a fixed level
};

}  // namespace cero::core

#endif  // CERO_CORE_COMPRESS_GZIP_ENGINES_H_
