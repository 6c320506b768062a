// Question: what do a span and its delivery cost a process that uses cero?
// Load:     one server span with five attributes, made as the command line says (driver/options.h).
// Excluded: nothing; the backend is another process on the same machine.
#include <stdexcept>

#include "cero/cero.h"
#include "driver/drive.h"
#include "pipeline/cero_options.h"
#include "support/shop_span.h"

namespace cero::bench {
namespace {

TracerProvider create(const DriverOptions& options) {
  auto provider = TracerProvider::create(provider_options(options));
  if (!provider) throw std::runtime_error(provider.error().message());
  return std::move(*provider);
}

class CeroSide {
 public:
  static constexpr const char* kWorkerName = "cero";

  explicit CeroSide(const DriverOptions& options) : provider_(create(options)) {}

  class Spans {
   public:
    explicit Spans(CeroSide& side)
        : tracer_(side.provider_.get_tracer("bench")), parents_(side.parents_) {}
    void make() { record_span<5>(tracer_, varying_, parents_); }

   private:
    Tracer tracer_;
    Varying varying_;
    Parents parents_;
  };

  uint64_t delivered() const { return provider_.stats().exported; }
  bool flush() { return static_cast<bool>(provider_.force_flush()); }

  Json report() const { return ledger_json(provider_.stats()); }

 private:
  TracerProvider provider_;
  const ParentContexts parents_ = make_parents();
};

}  // namespace
}  // namespace cero::bench

int main(int argc, char** argv) {
  return cero::bench::drive<cero::bench::CeroSide>("cero_driver", argc, argv);
}
