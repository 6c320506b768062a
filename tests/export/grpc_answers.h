// Scripted gRPC answers for the FakeTransport.
#ifndef CERO_TESTS_EXPORT_GRPC_ANSWERS_H_
#define CERO_TESTS_EXPORT_GRPC_ANSWERS_H_

#include <chrono>
#include <string>
#include <utility>

#include "compress/compression_buffer.h"
#include "compress/gzip_compressor.h"
#include "http/grpc_framing.h"
#include "otlp/trace.pb.h"
#include "support/base64.h"
#include "support/fake_transport.h"

namespace cero::test {

// An answer with status OK and a message.
inline FakeTransport::Answer grpc_ok(const std::string& message = {}, bool compressed = false) {
  std::string body = std::string(core::kGrpcPrefixBytes, '\0').append(message);
  if (compressed) {
    core::GzipCompressor gzip(1);
    core::CompressionBuffer(core::kGrpcPrefixBytes).compress(gzip, message, &body);
  }
  core::set_grpc_prefix(compressed ? core::ContentEncoding::gzip : core::ContentEncoding::identity,
                        &body);
  return {.body = std::move(body), .grpc_status = "0", .http_major = 2};
}

// `message` as it lies on the wire; `details` not.
inline FakeTransport::Answer grpc_error(int code, std::string message = {},
                                        const std::string& details = {}) {
  return {.grpc_status = std::to_string(code),
          .grpc_message = std::move(message),
          .grpc_details = base64(details),
          .http_major = 2};
}

// A google.rpc.Status that asks for a delay.
inline std::string retry_info(std::chrono::milliseconds delay) {
  otlp::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(delay.count() / 1000);
  info.mutable_retry_delay()->set_nanos(static_cast<int32_t>(delay.count() % 1000 * 1'000'000));
  otlp::ErrorStatus status;
  status.add_details()->set_type_url("type.googleapis.com/google.rpc.RetryInfo");
  status.mutable_details(0)->set_value(info.SerializeAsString());
  return status.SerializeAsString();
}

inline std::string partial_success(int64_t rejected, const std::string& message) {
  otlp::ExportTraceServiceResponse response;
  response.mutable_partial_success()->set_rejected_spans(rejected);
  response.mutable_partial_success()->set_error_message(message);
  return response.SerializeAsString();
}

}  // namespace cero::test

#endif  // CERO_TESTS_EXPORT_GRPC_ANSWERS_H_
