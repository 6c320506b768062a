// Goal: each answer a gRPC server may give is accounted for to the span, and what can be delivered
// is. Method: a provider and the receiver in this process, over TLS; the receiver answers by a
// script.
#include <string>
#include <vector>

#include "otlp/trace.pb.h"
#include "pipeline/backend.h"

namespace cero::test {
namespace {

using receiver::GrpcStatus;
using receiver::Reply;

constexpr uint64_t kSpans = 10;

// The figures once the spans are settled, or the flush has failed.
Stats deliver(std::vector<Reply> script, bool expect_delivery = true) {
  DirectBackend backend(Route::grpc_tls_gzip, [&](const receiver::RequestInfo& request) {
    return request.index <= script.size() ? script[request.index - 1] : Reply{};
  });
  TracerProvider provider = make_provider({.exporter = backend.exporter(), .log_handler = nullptr});
  for (uint64_t i = 0; i < kSpans; ++i) provider.get_tracer("tests").start_span("span").end();
  EXPECT_EQ(provider.force_flush().has_value(), expect_delivery);
  const Stats stats = provider.stats();
  expect_balance(stats);
  EXPECT_EQ(stats.in_flight, 0u);
  EXPECT_EQ(stats.exported, backend.receiver().counts().spans);
  EXPECT_EQ(stats.http1_responses, 0u);
  return stats;
}

std::string retry_info() {
  otlp::ErrorStatus status;
  otlp::RetryInfo info;
  info.mutable_retry_delay()->set_nanos(1'000'000);
  status.add_details()->set_type_url("type.googleapis.com/google.rpc.RetryInfo");
  status.mutable_details(0)->set_value(info.SerializeAsString());
  return status.SerializeAsString();
}

TEST(GrpcPipeline, delivers_after_everything_that_passes) {
  const Stats stats = deliver({{.grpc = GrpcStatus{.code = 14}},
                               {.grpc = GrpcStatus{.code = 14, .behind_headers = true}},
                               {.grpc = GrpcStatus{.code = 8, .details = retry_info()}},
                               {.status = 503, .plain_http = true},
                               {.fault = receiver::Fault::reset},
                               {.fault = receiver::Fault::goaway_refused},
                               {.fault = receiver::Fault::reset_connection},
                               {.status = 502}});
  EXPECT_EQ(stats.exported, kSpans);
  // libcurl itself sends a refused stream again, and version 8 what a connection broke under.
  EXPECT_GE(stats.retries, 6u);
}

TEST(GrpcPipeline, drops_what_is_refused) {
  for (const Reply& reply : {Reply{.grpc = GrpcStatus{.code = 3, .message = "bad"}},
                             Reply{.grpc = GrpcStatus{.code = 8}},
                             Reply{.grpc = GrpcStatus{.code = 16, .behind_headers = true}},
                             Reply{.status = 404, .plain_http = true}, Reply{.status = 401}}) {
    const Stats stats = deliver({reply}, /*expect_delivery=*/false);
    EXPECT_EQ(stats.dropped.permanent_error, kSpans);
    EXPECT_EQ(stats.requests, 1u);
  }
}

TEST(GrpcPipeline, counts_what_is_rejected) {
  const Stats stats = deliver(
      {{.partial_success = receiver::PartialSuccess{.rejected_spans = 4, .message = "old"}}},
      /*expect_delivery=*/false);
  EXPECT_EQ(stats.rejected, 4u);
  EXPECT_EQ(stats.exported, kSpans - 4);
}

}  // namespace
}  // namespace cero::test
