// Question: what does a span cost from its first attribute to its bytes in a request: set, end,
//           drain and envelope; against protobuf's generated classes, built on an arena and
//           serialised?
// Load:     batches of 1024 spans, one thread, no network. Totals, and both parts of each: what
//           the recording thread does, and what the exporting thread does.
// Excluded: compression and sending. The result is parsed and counted before it is timed.
#include <benchmark/benchmark.h>
#include <google/protobuf/arena.h>

#include <array>
#include <string>

#include "support/official_messages.h"
#include "support/recording_stage.h"
#include "support/shop_span.h"

namespace cero::bench {
namespace {

using opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest;

constexpr int kSpansPerBatch = 1024;

Options large_batches() {
  Options options;
  options.batch.bytes_max = 8u << 20;
  return options;
}

void report(benchmark::State& state, size_t bytes) {
  const double spans = static_cast<double>(state.iterations()) * kSpansPerBatch;
  state.counters["seconds/span"] =
      benchmark::Counter(spans, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  if (bytes != 0) state.counters["bytes/span"] = static_cast<double>(bytes) / kSpansPerBatch;
}

bool holds_a_batch(const std::vector<std::string>& requests, int attributes) {
  ExportTraceServiceRequest request;
  if (requests.size() != 1 || !request.ParseFromString(requests[0])) return false;
  const auto& spans = request.resource_spans(0).scope_spans(0).spans();
  return spans.size() == kSpansPerBatch && spans[0].attributes_size() == attributes;
}

template <int kAttributes>
void record_batch(Tracer& tracer, Varying& varying, Parents& parents) {
  for (int i = 0; i < kSpansPerBatch; ++i) record_span<kAttributes>(tracer, varying, parents);
}

enum class Part { all, record, drain };

// All of it, or one part timed with the other paused.
template <int kAttributes, Part kPart>
void cero_encode(benchmark::State& state) {
  test::RecordingStage stage(large_batches());
  Tracer tracer = stage.tracer("bench");
  Varying varying;
  const ParentContexts contexts = make_parents();
  Parents parents(contexts);
  record_batch<kAttributes>(tracer, varying, parents);
  if (!holds_a_batch(stage.drain(), kAttributes))
    return state.SkipWithError("the request is not what was recorded");
  size_t bytes = 0;
  for (auto _ : state) {
    if (kPart == Part::drain) state.PauseTiming();
    record_batch<kAttributes>(tracer, varying, parents);
    if (kPart == Part::drain) state.ResumeTiming();
    if (kPart == Part::record) state.PauseTiming();
    bytes = stage.drain_in_place();
    if (kPart == Part::record) state.ResumeTiming();
  }
  report(state, bytes);
}
BENCHMARK(cero_encode<5, Part::all>)->Name("cero/attributes:5");
BENCHMARK(cero_encode<10, Part::all>)->Name("cero");
BENCHMARK(cero_encode<10, Part::record>)->Name("cero/record");
BENCHMARK(cero_encode<10, Part::drain>)->Name("cero/drain_and_envelope");

using OfficialSpan = opentelemetry::proto::trace::v1::Span;

void add(OfficialSpan& span, const char* key, const char* value) {
  auto& attribute = *span.add_attributes();
  attribute.set_key(key);
  attribute.mutable_value()->set_string_value(value);
}
void add(OfficialSpan& span, const char* key, int64_t value) {
  auto& attribute = *span.add_attributes();
  attribute.set_key(key);
  attribute.mutable_value()->set_int_value(value);
}

void build(OfficialSpan& span, const std::array<uint8_t, 16>& trace_id, Varying& varying) {
  span.set_trace_id(trace_id.data(), trace_id.size());
  span.set_span_id(trace_id.data(), 8);
  span.set_name("GET /api/items/{id}");
  span.set_kind(OfficialSpan::SPAN_KIND_SERVER);
  span.set_start_time_unix_nano(1'700'000'000'000'000'000);
  span.set_end_time_unix_nano(1'700'000'000'000'100'000);
  span.set_flags(0x103);
  add(span, "http.request.method", "GET");
  add(span, "url.path", "/api/items/12345");
  add(span, "http.response.status_code", int64_t{200});
  add(span, "server.address", "shop.example.com");
  add(span, "user.id", varying.next());
  add(span, "client.address", "192.0.2.17");
  add(span, "network.protocol.version", "1.1");
  add(span, "http.route", "/api/items/{id}");
  auto& total = *span.add_attributes();
  total.set_key("shop.cart.total");
  total.mutable_value()->set_double_value(129.95);
  auto& member = *span.add_attributes();
  member.set_key("shop.member");
  member.mutable_value()->set_bool_value(true);
  span.mutable_status()->set_code(opentelemetry::proto::trace::v1::Status::STATUS_CODE_OK);
}

// 10 attributes; ids and times are constants here, which flatters it.
template <Part kPart>
void protobuf_encode(benchmark::State& state) {
  constexpr size_t kFirstBlockBytes = 8 << 20;
  std::vector<char> block(kFirstBlockBytes);
  std::vector<char> out(kFirstBlockBytes);
  size_t bytes = 0;
  Varying varying;
  for (auto _ : state) {
    google::protobuf::ArenaOptions arena_options;
    arena_options.initial_block = block.data();
    arena_options.initial_block_size = block.size();
    google::protobuf::Arena arena(arena_options);
    if (kPart == Part::drain) state.PauseTiming();
    auto* request = google::protobuf::Arena::CreateMessage<ExportTraceServiceRequest>(&arena);
    auto* scope_spans = request->add_resource_spans()->add_scope_spans();
    std::array<uint8_t, 16> trace_id{1};
    for (int i = 0; i < kSpansPerBatch; ++i) build(*scope_spans->add_spans(), trace_id, varying);
    if (kPart == Part::drain) state.ResumeTiming();
    if (kPart == Part::record) continue;
    bytes = request->ByteSizeLong();
    if (!request->SerializeToArray(out.data(), static_cast<int>(bytes)))
      state.SkipWithError("not serialised");
  }
  report(state, bytes);
}
BENCHMARK(protobuf_encode<Part::all>)->Name("protobuf");
BENCHMARK(protobuf_encode<Part::record>)->Name("protobuf/build");
BENCHMARK(protobuf_encode<Part::drain>)->Name("protobuf/serialise");

}  // namespace
}  // namespace cero::bench
