// Question: what do a span and its delivery cost a process that uses the OpenTelemetry API with
//           cero behind it?
// Load:     the same span as peer_driver's, made as the command line says.
// Excluded: nothing; the backend is another process on the same machine.
#include <memory>
#include <stdexcept>

#include "cero/otel/tracer_provider.h"
#include "driver/drive.h"
#include "peer/api_spans.h"
#include "pipeline/cero_options.h"

namespace cero::bench {
namespace {

class ProviderSide {
 public:
  static constexpr const char* kWorkerName = "cero";

  explicit ProviderSide(const DriverOptions& options) {
    auto made = otel::TracerProvider::create(provider_options(options));
    if (!made) throw std::runtime_error(made.error().message());
    provider_ = std::move(*made);
  }

  class Spans : public ApiSpans {
   public:
    explicit Spans(ProviderSide& side) : ApiSpans(*side.provider_, side.parents_) {}
  };

  uint64_t delivered() const { return provider_->provider().stats().exported; }
  bool flush() { return provider_->ForceFlush(); }
  Json report() const { return ledger_json(provider_->provider().stats()); }

 private:
  const std::vector<opentelemetry::trace::SpanContext> parents_ = make_api_parents();
  std::shared_ptr<otel::TracerProvider> provider_;
};

}  // namespace
}  // namespace cero::bench

int main(int argc, char** argv) {
  return cero::bench::drive<cero::bench::ProviderSide>("otel_provider_driver", argc, argv);
}
