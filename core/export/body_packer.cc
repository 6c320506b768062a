#include "export/body_packer.h"

#include <utility>

#include "base/assert.h"
#include "compress/gunzip.h"
#include "compress/gzip_engine.h"
#include "compress/zstd_compressor.h"
#include "http/grpc_framing.h"

namespace cero::core {

BodyPacker::BodyPacker(const Exporter& options)
    : compression_(options.compression),
      gzip_engine_(options.gzip_engine),
      gzip_level_(options.compression == Compression::gzip ? options.compression_level
                                                           : std::nullopt),
      bytes_in_front_(options.protocol == Protocol::grpc ? kGrpcPrefixBytes : 0),
      buffer_(bytes_in_front_) {
  if (compression_ == Compression::zstd) zstd_ = make_zstd_compressor(options.compression_level);
  if (compression_ == Compression::gzip) gzip();
}

Compressor& BodyPacker::gzip() {
  if (!gzip_) gzip_ = make_gzip_engine(gzip_engine_, gzip_level_);
  return *gzip_;
}

ContentEncoding BodyPacker::encoding_of(const PackInput& input) const {
  if (!input.compress || compression_ == Compression::none) return ContentEncoding::identity;
  const bool zstd = compression_ == Compression::zstd && input.takes_zstd;
  return zstd ? ContentEncoding::zstd : ContentEncoding::gzip;
}

ContentEncoding BodyPacker::pack(const PackInput& input, std::string* out) {
  const ContentEncoding encoding = encoding_of(input);
  pack_as(encoding, input.body, out);
  return encoding;
}

void BodyPacker::pack_as(ContentEncoding encoding, std::string_view body, std::string* out) {
  switch (encoding) {
    case ContentEncoding::identity:
      out->assign(bytes_in_front_, '\0').append(body);
      break;
    case ContentEncoding::gzip:
      buffer_.compress(gzip(), body, out);
      break;
    case ContentEncoding::zstd:
      CERO_ASSERT(zstd_ != nullptr);
      buffer_.compress(*zstd_, body, out);
      break;
  }
  if (bytes_in_front_ != 0) set_grpc_prefix(encoding, out);
}

bool BodyPacker::unpack(const PackedBody& packed, std::string* out) const {
  if (packed.bytes.size() < bytes_in_front_) return false;
  const std::string_view bytes = packed.bytes.substr(bytes_in_front_);
  switch (packed.encoding) {
    case ContentEncoding::identity:
      out->assign(bytes);
      break;
    case ContentEncoding::gzip: {
      auto body = gunzip(bytes, packed.body_bytes);
      if (!body) return false;
      *out = std::move(*body);
      break;
    }
    case ContentEncoding::zstd:
      if (!zstd_decompress(bytes, packed.body_bytes, out)) return false;
      break;
  }
  return out->size() == packed.body_bytes;
}

}  // namespace cero::core
