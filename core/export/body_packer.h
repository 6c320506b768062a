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

#include "cero/options.h"
#include "compress/compression_buffer.h"
#include "compress/gzip_compressor.h"
#include "http/transport.h"

namespace cero::core {

class BodyPacker {
 public:
  // Throws std::bad_alloc.
  explicit BodyPacker(const Exporter& options);

  // Replaces *out; with gRPC, room for its prefix comes first. Throws std::bad_alloc, and may be
  // called again.
  ContentEncoding pack(std::string_view body, std::string* out);

  // From now on bodies are gzip. True the first time.
  bool refuse_zstd();
  // Whether a body of this encoding may no longer be sent.
  bool is_refused(ContentEncoding encoding) const;
  // Makes gzip of a refused body, in *out. False: the body is damaged. Throws std::bad_alloc, and
  // may be called again.
  [[nodiscard]] bool repack(std::string_view refused, std::string* out);

 private:
  GzipCompressor& gzip();

  const std::optional<int> level_;
  const size_t bytes_in_front_;
  Compression compression_;
  std::unique_ptr<Compressor> zstd_;
  std::optional<GzipCompressor> gzip_;
  CompressionBuffer buffer_;
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_BODY_PACKER_H_
