// ValidOptions: options that were checked as a whole, so that later code cannot meet a bad value.
#ifndef CERO_CORE_CONFIG_VALID_OPTIONS_H_
#define CERO_CORE_CONFIG_VALID_OPTIONS_H_

#include <utility>
#include <vector>

#include "cero/options.h"
#include "cero/result.h"
#include "config/wording.h"

namespace cero::core {

class ValidOptions {
 public:
  const Options& operator*() const noexcept { return options_; }
  const Options* operator->() const noexcept { return &options_; }
  // The exporter once for each endpoint, with that one's URL, headers and HTTP version.
  const std::vector<Exporter>& endpoints() const noexcept { return endpoints_; }
  // The retry queue may use beside retry_bytes_max what the rings leave idle: memory_max bounds
  // them together, and nothing bounds either of them alone.
  bool lends_ring_memory() const noexcept { return lends_ring_memory_; }
  // For what is said of them later.
  const Wording& wording() const noexcept { return wording_; }

 private:
  friend Result<ValidOptions> validate(Options options, const Wording& wording);
  ValidOptions(Options options, std::vector<Exporter> endpoints, bool lends_ring_memory,
               const Wording& wording)
      : options_(std::move(options)),
        endpoints_(std::move(endpoints)),
        lends_ring_memory_(lends_ring_memory),
        wording_(wording) {}

  Options options_;
  std::vector<Exporter> endpoints_;
  bool lends_ring_memory_;
  Wording wording_;
};

// All problems in one error: a line for each with the option's name, its value (no header's value
// and nothing of a URL that may be secret) and the fix, in the words of what set the option. An
// endpoint without a path comes back with
// "/", and one of gRPC with its service's path and with the http_version its scheme allows. What is
// for ExporterKind::otlp alone is checked for it, and comes back as its default for the others. The
// parts of memory_max come back set.
// Certificate files must be readable now.
Result<ValidOptions> validate(Options options, const Wording& wording = Wording());

}  // namespace cero::core

#endif  // CERO_CORE_CONFIG_VALID_OPTIONS_H_
