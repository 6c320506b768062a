// Question: what do a span and its delivery cost a process that uses the OpenTelemetry SDK with
//           cero's processor in it?
// Load:     the same span as peer_driver's, made as the command line says.
// Excluded: nothing; the backend is another process on the same machine.
#include <opentelemetry/sdk/resource/resource.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>

#include <memory>
#include <stdexcept>

#include "cero/otel/span_processor.h"
#include "driver/drive.h"
#include "peer/api_spans.h"
#include "pipeline/cero_options.h"

namespace cero::bench {
namespace {

class ProcessorSide {
 public:
  static constexpr const char* kWorkerName = "cero";

  explicit ProcessorSide(const DriverOptions& options) {
    const auto resource =
        opentelemetry::sdk::resource::Resource::Create({{"service.name", "bench"}});
    auto made = otel::SpanProcessor::create(resource, provider_options(options));
    if (!made) throw std::runtime_error(made.error().message());
    processor_ = made->get();
    provider_ = std::make_shared<opentelemetry::sdk::trace::TracerProvider>(std::move(made).value(),
                                                                            resource);
  }

  class Spans : public ApiSpans {
   public:
    explicit Spans(ProcessorSide& side) : ApiSpans(*side.provider_, side.parents_) {}
  };

  uint64_t delivered() const { return processor_->provider().stats().exported; }
  bool flush() { return provider_->ForceFlush(); }
  Json report() const { return ledger_json(processor_->provider().stats()); }

 private:
  const std::vector<opentelemetry::trace::SpanContext> parents_ = make_api_parents();
  const otel::SpanProcessor* processor_ = nullptr;  // the provider's
  std::shared_ptr<opentelemetry::sdk::trace::TracerProvider> provider_;
};

}  // namespace
}  // namespace cero::bench

int main(int argc, char** argv) {
  return cero::bench::drive<cero::bench::ProcessorSide>("otel_processor_driver", argc, argv);
}
