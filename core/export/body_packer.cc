#include "export/body_packer.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "compress/zstd_compressor.h"
#include "http/grpc_framing.h"

namespace cero::core {

BodyPacker::BodyPacker(const Exporter& options, TimePoint now)
    : gzip_level_(options.compression == Compression::gzip ? options.compression_level
                                                           : std::nullopt),
      bytes_in_front_(options.protocol == Protocol::grpc ? kGrpcPrefixBytes : 0),
      compression_(options.compression),
      buffer_(bytes_in_front_) {
  if (compression_ == Compression::zstd) zstd_ = make_zstd_compressor(options.compression_level);
  if (compression_ == Compression::gzip) gzip(now);
}

GzipEngines& BodyPacker::gzip(TimePoint now) {
  if (!gzip_) gzip_.emplace(gzip_level_, now);
  return *gzip_;
}

void BodyPacker::waited(std::chrono::nanoseconds time) {
  if (gzip_) gzip_->waited(time);
}

ContentEncoding BodyPacker::pack(const PackInput& input, std::string* out) {
  switch (compression_) {
    case Compression::zstd:
      zstd_body_bytes_max_ = std::max(zstd_body_bytes_max_, input.body.size());
      buffer_.compress(*zstd_, input.body, out);
      return ContentEncoding::zstd;
    case Compression::gzip:
      if (Compressor* engine = gzip(input.now).took_body(input.now, input.none_free)) {
        buffer_.compress(*engine, input.body, out);
        return ContentEncoding::gzip;
      }
      break;
    case Compression::none:
      break;
  }
  out->assign(bytes_in_front_, '\0').append(input.body);
  return ContentEncoding::identity;
}

bool BodyPacker::refuse_zstd() {
  CERO_ASSERT(zstd_ != nullptr);
  return std::exchange(compression_, Compression::gzip) == Compression::zstd;
}

bool BodyPacker::is_refused(ContentEncoding encoding) const {
  return encoding == ContentEncoding::zstd && compression_ != Compression::zstd;
}

bool BodyPacker::repack(std::string_view refused, TimePoint now, std::string* out) {
  std::string body;
  if (!zstd_decompress(refused, zstd_body_bytes_max_, &body)) return false;
  buffer_.compress(gzip(now).normal(), body, out);
  return true;
}

}  // namespace cero::core
