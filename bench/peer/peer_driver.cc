// Question: what do a span and its delivery cost a process that uses opentelemetry-cpp?
// Load:     the same span as cero_driver's, made as the command line says; BatchSpanProcessor and
//           OtlpHttpExporter, everything not named on the command line at its default.
// Excluded: nothing. Debian's build of it cannot gzip, so it is asked for none.
#include <opentelemetry/exporters/otlp/otlp_http_exporter_factory.h>
#include <opentelemetry/exporters/otlp/otlp_http_exporter_options.h>
#include <opentelemetry/sdk/resource/resource.h>
#include <opentelemetry/sdk/trace/batch_span_processor_factory.h>
#include <opentelemetry/sdk/trace/batch_span_processor_options.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>

#include <memory>
#include <stdexcept>
#include <vector>

#include "driver/drive.h"
#include "peer/api_spans.h"
#include "peer/counting_exporter.h"

namespace cero::bench {
namespace {

namespace otlp = opentelemetry::exporter::otlp;
namespace sdk = opentelemetry::sdk::trace;

std::unique_ptr<sdk::SpanExporter> make_exporter(const DriverOptions& options) {
  if (options.compression.name != "none") {
    throw std::runtime_error("--compression: Debian's opentelemetry-cpp can only send plain: none");
  }
  otlp::OtlpHttpExporterOptions exporter;
  exporter.url = options.endpoint;
  exporter.content_type = otlp::HttpRequestContentType::kBinary;
  exporter.compression = "none";
  exporter.ssl_ca_cert_path = options.ca_file;
  return otlp::OtlpHttpExporterFactory::Create(exporter);
}

class PeerSide {
 public:
  static constexpr const char* kWorkerName = "peer-worker";

  explicit PeerSide(const DriverOptions& options) {
    if (options.holds_back)
      throw std::runtime_error(
          "--hold-back: opentelemetry-cpp exports when its queue is half full");
    sdk::BatchSpanProcessorOptions batch;
    if (options.queue_spans != 0) batch.max_queue_size = options.queue_spans;
    if (options.batch_spans != 0) batch.max_export_batch_size = options.batch_spans;
    auto exporter = std::make_unique<CountingExporter>(make_exporter(options), counts_);
    auto processor = sdk::BatchSpanProcessorFactory::Create(std::move(exporter), batch);
    const auto resource =
        opentelemetry::sdk::resource::Resource::Create({{"service.name", "bench"}});
    provider_ = std::make_shared<sdk::TracerProvider>(std::move(processor), resource);
  }

  class Spans : public ApiSpans {
   public:
    explicit Spans(PeerSide& side) : ApiSpans(*side.provider_, side.parents_) {}
  };

  uint64_t delivered() const { return counts_.delivered.load(std::memory_order_relaxed); }
  bool flush() { return provider_->ForceFlush(); }

  Json report() const {
    return {{"delivered", delivered()},
            {"failed", counts_.failed.load(std::memory_order_relaxed)},
            {"requests", counts_.requests.load(std::memory_order_relaxed)}};
  }

 private:
  ExportCounts counts_;
  const std::vector<opentelemetry::trace::SpanContext> parents_ = make_api_parents();
  std::shared_ptr<sdk::TracerProvider> provider_;
};

}  // namespace
}  // namespace cero::bench

int main(int argc, char** argv) {
  return cero::bench::drive<cero::bench::PeerSide>("peer_driver", argc, argv);
}
