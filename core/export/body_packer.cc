#include "export/body_packer.h"

#include <utility>

#include "base/assert.h"
#include "compress/gunzip.h"
#include "compress/zstd_compressor.h"
#include "http/grpc_framing.h"

namespace cero::core {

BodyPacker::BodyPacker(const Exporter& options, TimePoint now)
    : compression_(options.compression),
      gzip_level_(options.compression == Compression::gzip ? options.compression_level
                                                           : std::nullopt),
      bytes_in_front_(options.protocol == Protocol::grpc ? kGrpcPrefixBytes : 0),
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
  auto encoding = ContentEncoding::identity;
  if (compression_ == Compression::zstd && input.takes_zstd) {
    buffer_.compress(*zstd_, input.body, out);
    encoding = ContentEncoding::zstd;
  } else if (compression_ != Compression::none) {
    if (Compressor* engine = gzip(input.now).took_body(input.now, input.none_free)) {
      buffer_.compress(*engine, input.body, out);
      encoding = ContentEncoding::gzip;
    }
  }
  if (encoding == ContentEncoding::identity) copy(input.body, out);
  finish(encoding, out);
  return encoding;
}

void BodyPacker::pack_as(ContentEncoding encoding, std::string_view body, TimePoint now,
                         std::string* out) {
  switch (encoding) {
    case ContentEncoding::identity:
      copy(body, out);
      break;
    case ContentEncoding::gzip:
      buffer_.compress(gzip(now).normal(), body, out);
      break;
    case ContentEncoding::zstd:
      CERO_ASSERT(zstd_ != nullptr);
      buffer_.compress(*zstd_, body, out);
      break;
  }
  finish(encoding, out);
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

void BodyPacker::copy(std::string_view body, std::string* out) const {
  out->assign(bytes_in_front_, '\0').append(body);
}

void BodyPacker::finish(ContentEncoding encoding, std::string* out) const {
  if (bytes_in_front_ != 0) set_grpc_prefix(encoding, out);
}

}  // namespace cero::core
