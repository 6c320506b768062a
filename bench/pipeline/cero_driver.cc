// Question: what do a span and its delivery cost a process that uses cero?
// Load:     one server span with five attributes, made as the command line says (driver/options.h).
// Excluded: nothing; the backend is another process on the same machine.
#include <stdexcept>

#include "cero/cero.h"
#include "driver/drive.h"
#include "support/shop_span.h"

namespace cero::bench {
namespace {

Compression compression_of(const CompressionChoice& choice) {
  if (choice.name == "gzip") return Compression::gzip;
  return choice.name == "zstd" ? Compression::zstd : Compression::none;
}

// Rings for as many of these spans as the tuned peer's queue takes, 65536.
constexpr uint32_t kRingBytes = uint32_t{16} << 20;

Options provider_options(const DriverOptions& options) {
  Options result;
  result.ring_bytes = kRingBytes;
  result.resource = {{"service.name", "bench"}};
  result.exporter.endpoint = options.endpoint;
  result.exporter.ca_certificate_file = options.ca_file;
  result.exporter.compression = compression_of(options.compression);
  result.exporter.compression_level = options.compression.level;
  if (options.queue_spans != 0) result.batch.queue_spans_max = options.queue_spans;
  if (options.batch_spans != 0) result.batch.spans_max = options.batch_spans;
  if (options.holds_back) {
    result.batch.spans_max = 1'000'000;
    result.batch.bytes_max = 64u << 20;
    result.batch.delay_max = std::chrono::hours(1);
  }
  return result;
}

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

  Json report() const {
    const Stats stats = provider_.stats();
    return {
        {"delivered", stats.exported},          {"dropped", stats.dropped.total() + stats.rejected},
        {"bytes_encoded", stats.bytes_encoded}, {"bytes_wire", stats.bytes_wire},
        {"requests", stats.requests},           {"retries", stats.retries},
        {"connections", stats.connections},     {"http2_responses", stats.http2_responses}};
  }

 private:
  TracerProvider provider_;
  const ParentContexts parents_ = make_parents();
};

}  // namespace
}  // namespace cero::bench

int main(int argc, char** argv) {
  return cero::bench::drive<cero::bench::CeroSide>("cero_driver", argc, argv);
}
