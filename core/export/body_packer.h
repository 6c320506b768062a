// BodyPacker: what becomes of a body before it is sent: as it is, gzip or zstd.
//
// zstd is not in the OTLP specification, so a backend may refuse it. The packer then makes gzip for
// ever, and turns what it made before into gzip when its turn comes: a zstd body can be
// decompressed, so nothing else has to be kept for it.
#ifndef CERO_CORE_EXPORT_BODY_PACKER_H_
#define CERO_CORE_EXPORT_BODY_PACKER_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "cero/options.h"
#include "compress/compression_buffer.h"
#include "compress/gzip_engines.h"
#include "http/transport.h"

namespace cero::core {

struct PackInput {
  std::string_view body;
  TimePoint now;
  bool none_free = false;  // BodyExchange::none_free()
};

class BodyPacker {
 public:
  // Throws std::bad_alloc.
  BodyPacker(const Exporter& options, TimePoint now);

  // The export thread had nothing to do for so long. Where no level is fixed, gzip works the harder
  // the more it waits.
  void waited(std::chrono::nanoseconds time);

  // Replaces *out; with gRPC, room for its prefix comes first. Throws std::bad_alloc, and may be
  // called again.
  ContentEncoding pack(const PackInput& input, std::string* out);

  // From now on bodies are gzip. True the first time.
  bool refuse_zstd();
  // Whether a body of this encoding may no longer be sent.
  bool is_refused(ContentEncoding encoding) const;
  // Makes gzip of a refused body, in *out. False: the body is damaged. Throws std::bad_alloc, and
  // may be called again.
  [[nodiscard]] bool repack(std::string_view refused, TimePoint now, std::string* out);

 private:
  GzipEngines& gzip(TimePoint now);

  const std::optional<int> gzip_level_;
  const size_t bytes_in_front_;
  Compression compression_;
  std::unique_ptr<Compressor> zstd_;
  size_t zstd_body_bytes_max_ = 0;   // the largest body so far: no frame of ours holds more
  std::optional<GzipEngines> gzip_;  // made when it is first needed
  CompressionBuffer buffer_;
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_BODY_PACKER_H_
