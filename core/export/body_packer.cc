#include "export/body_packer.h"

#include <utility>

#include "base/assert.h"
#include "compress/zstd_compressor.h"
#include "http/grpc_framing.h"

namespace cero::core {

BodyPacker::BodyPacker(const Exporter& options)
    : level_(options.compression == Compression::gzip ? options.compression_level : std::nullopt),
      bytes_in_front_(options.protocol == Protocol::grpc ? kGrpcPrefixBytes : 0),
      compression_(options.compression),
      buffer_(bytes_in_front_) {
  if (compression_ == Compression::zstd) zstd_ = make_zstd_compressor(options.compression_level);
  if (compression_ == Compression::gzip) gzip();
}

GzipCompressor& BodyPacker::gzip() {
  if (!gzip_) gzip_.emplace(level_.value_or(1));
  return *gzip_;
}

ContentEncoding BodyPacker::pack(std::string_view body, std::string* out) {
  switch (compression_) {
    case Compression::zstd:
      buffer_.compress(*zstd_, body, out);
      return ContentEncoding::zstd;
    case Compression::gzip:
      buffer_.compress(gzip(), body, out);
      return ContentEncoding::gzip;
    case Compression::none:
      break;
  }
  out->assign(bytes_in_front_, '\0').append(body);
  return ContentEncoding::identity;
}

bool BodyPacker::refuse_zstd() {
  CERO_ASSERT(zstd_ != nullptr);
  return std::exchange(compression_, Compression::gzip) == Compression::zstd;
}

bool BodyPacker::is_refused(ContentEncoding encoding) const {
  return encoding == ContentEncoding::zstd && compression_ != Compression::zstd;
}

bool BodyPacker::repack(std::string_view refused, std::string* out) {
  std::string body;
  if (!zstd_decompress(refused, &body)) return false;
  buffer_.compress(gzip(), body, out);
  return true;
}

}  // namespace cero::core
