#include "receiver/request_bodies.h"

#include <libdeflate.h>

#include <memory>

#include "compress/compression_buffer.h"
#include "compress/zstd_compressor.h"
#include "otlp/trace.pb.h"

namespace cero::test {
namespace {

std::string big_endian(uint64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}

}  // namespace

std::string span_id(uint64_t number) { return big_endian(number); }

std::string trace_id(uint64_t number) { return std::string(8, '\0') + big_endian(number); }

std::string export_request(int spans, uint64_t first_id) {
  otlp::ExportTraceServiceRequest request;
  auto* scope_spans = request.add_resource_spans()->add_scope_spans();
  scope_spans->mutable_scope()->set_name("receiver_test");
  for (int i = 0; i < spans; ++i) {
    const uint64_t id = first_id + static_cast<uint64_t>(i);
    auto* span = scope_spans->add_spans();
    span->set_trace_id(trace_id(first_id + static_cast<uint64_t>(i / 10)));
    span->set_span_id(span_id(id));
    span->set_name("GET /items/{id}");
    auto* attribute = span->add_attributes();
    attribute->set_key("item.id");
    attribute->mutable_value()->set_int_value(i);
  }
  return request.SerializeAsString();
}

std::string gzip(std::string_view bytes) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(1), &libdeflate_free_compressor);
  std::string out(libdeflate_gzip_compress_bound(compressor.get(), bytes.size()), '\0');
  out.resize(libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(), out.data(),
                                      out.size()));
  return out;
}

std::string zstd(std::string_view bytes) {
  const auto compressor = core::make_zstd_compressor({});
  core::CompressionBuffer buffer;
  std::string out;
  buffer.compress(*compressor, bytes, &out);
  return out;
}

}  // namespace cero::test
