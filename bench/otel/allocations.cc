// Question: how often does a span of the OpenTelemetry API make its thread ask for memory, with the
//           SDK behind it, with cero's processor in the SDK, and with cero?
// Load:     10,000 of peer_driver's spans each, after as many that warm up; nobody answers at the
//           other end, which costs the recording thread nothing.
// Excluded: what other threads allocate. Prints one JSON object.
#include <opentelemetry/exporters/otlp/otlp_http_exporter_factory.h>
#include <opentelemetry/exporters/otlp/otlp_http_exporter_options.h>
#include <opentelemetry/sdk/common/global_log_handler.h>
#include <opentelemetry/sdk/resource/resource.h>
#include <opentelemetry/sdk/trace/batch_span_processor_factory.h>
#include <opentelemetry/sdk/trace/batch_span_processor_options.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

#include "cero/otel/span_processor.h"
#include "cero/otel/tracer_provider.h"
#include "driver/report.h"
#include "peer/api_spans.h"
#include "support/malloc_count.h"

namespace {

namespace sdk = opentelemetry::sdk;
using opentelemetry::trace::TracerProvider;

constexpr int kSpans = 10'000;
constexpr char kNobody[] = "http://127.0.0.1:1/v1/traces";

const sdk::resource::Resource& resource() {
  static const auto value = sdk::resource::Resource::Create({{"service.name", "bench"}});
  return value;
}

cero::Options options() {
  cero::Options options;
  options.exporter.endpoint = kNobody;
  options.log_handler = nullptr;
  options.shutdown_timeout = std::chrono::milliseconds(0);
  return options;
}

std::shared_ptr<TracerProvider> make_sdk() {
  opentelemetry::exporter::otlp::OtlpHttpExporterOptions exporter;
  exporter.url = kNobody;
  sdk::trace::BatchSpanProcessorOptions batch;
  batch.max_queue_size = 65'536;
  batch.max_export_batch_size = 8'192;
  return std::make_shared<sdk::trace::TracerProvider>(
      sdk::trace::BatchSpanProcessorFactory::Create(
          opentelemetry::exporter::otlp::OtlpHttpExporterFactory::Create(exporter), batch),
      resource());
}

std::shared_ptr<TracerProvider> make_processor() {
  auto made = cero::otel::SpanProcessor::create(resource(), options());
  if (!made) throw std::runtime_error(made.error().message());
  return std::make_shared<sdk::trace::TracerProvider>(std::move(made).value(), resource());
}

std::shared_ptr<TracerProvider> make_cero() {
  auto made = cero::otel::TracerProvider::create(options());
  if (!made) throw std::runtime_error(made.error().message());
  return *made;
}

double per_span(const std::shared_ptr<TracerProvider>& provider) {
  const auto parents = cero::bench::make_api_parents();
  cero::bench::ApiSpans spans(*provider, parents);
  for (int i = 0; i < kSpans; ++i) spans.make();
  const uint64_t before = cero::test::malloc_count();
  for (int i = 0; i < kSpans; ++i) spans.make();
  return static_cast<double>(cero::test::malloc_count() - before) / kSpans;
}

}  // namespace

int main() try {
  sdk::common::internal_log::GlobalLogHandler::SetLogLevel(
      sdk::common::internal_log::LogLevel::None);
  const cero::bench::Json report = {{"sdk", per_span(make_sdk())},
                                    {"processor", per_span(make_processor())},
                                    {"provider", per_span(make_cero())}};
  std::puts(report.dump().c_str());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "otel_allocations: %s\n", error.what());
  return 1;
}
