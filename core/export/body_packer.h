// BodyPacker: what becomes of a body before it is sent: as it is, gzip or zstd, with gRPC's prefix
// in front; and the way back, since a packed body is all that is kept.
//
// The way back is for a backend that refuses zstd, which is not in the OTLP specification, and gets
// gzip, and for one that finds a body too large and gets halves.
#ifndef CERO_CORE_EXPORT_BODY_PACKER_H_
#define CERO_CORE_EXPORT_BODY_PACKER_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cero/options.h"
#include "compress/compression_buffer.h"
#include "compress/compressor.h"
#include "http/transport.h"

namespace cero::core {

struct PackInput {
  std::string_view body;
  bool compress = true;    // false: it is left as it is, whatever the options say
  bool takes_zstd = true;  // false: gzip instead
};

struct PackedBody {
  std::string_view bytes;
  ContentEncoding encoding;
  uint32_t body_bytes;  // before
};

class BodyPacker {
 public:
  // Throws std::bad_alloc.
  explicit BodyPacker(const Exporter& options);

  // All three replace *out, throw std::bad_alloc, and may be called again.
  ContentEncoding pack(const PackInput& input, std::string* out);
  void pack_as(ContentEncoding encoding, std::string_view body, std::string* out);
  // False: the packed body is damaged.
  [[nodiscard]] bool unpack(const PackedBody& packed, std::string* out) const;

 private:
  ContentEncoding encoding_of(const PackInput& input) const;
  Compressor& gzip();

  const Compression compression_;
  const GzipEngine gzip_engine_;
  const std::optional<int> gzip_level_;
  const size_t bytes_in_front_;
  std::unique_ptr<Compressor> zstd_;
  std::unique_ptr<Compressor> gzip_;  // made when it is first needed
  CompressionBuffer buffer_;
};

}  // namespace cero::core

#endif  // CERO_CORE_EXPORT_BODY_PACKER_H_
