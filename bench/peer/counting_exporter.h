// CountingExporter: passes batches on to opentelemetry-cpp's exporter and counts what became of
// them, which the SDK itself keeps to itself. One call a batch.
#ifndef CERO_BENCH_PEER_COUNTING_EXPORTER_H_
#define CERO_BENCH_PEER_COUNTING_EXPORTER_H_

#include <opentelemetry/sdk/trace/exporter.h>
#include <opentelemetry/sdk/trace/recordable.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace cero::bench {

// Written by the worker, read by any. Relaxed throughout: numbers that publish nothing.
struct ExportCounts {
  std::atomic<uint64_t> delivered{0};
  std::atomic<uint64_t> failed{0};
  std::atomic<uint64_t> requests{0};
};

class CountingExporter final : public opentelemetry::sdk::trace::SpanExporter {
 public:
  using Recordable = opentelemetry::sdk::trace::Recordable;

  CountingExporter(std::unique_ptr<SpanExporter> exporter, ExportCounts& counts)
      : exporter_(std::move(exporter)), counts_(counts) {}

  std::unique_ptr<Recordable> MakeRecordable() noexcept override {
    return exporter_->MakeRecordable();
  }
  opentelemetry::sdk::common::ExportResult Export(
      const opentelemetry::nostd::span<std::unique_ptr<Recordable>>& spans) noexcept override {
    const uint64_t count = spans.size();
    const auto result = exporter_->Export(spans);
    const bool ok = result == opentelemetry::sdk::common::ExportResult::kSuccess;
    (ok ? counts_.delivered : counts_.failed).fetch_add(count, std::memory_order_relaxed);
    counts_.requests.fetch_add(1, std::memory_order_relaxed);
    return result;
  }
  bool ForceFlush(std::chrono::microseconds timeout) noexcept override {
    return exporter_->ForceFlush(timeout);
  }
  bool Shutdown(std::chrono::microseconds timeout) noexcept override {
    return exporter_->Shutdown(timeout);
  }

 private:
  std::unique_ptr<SpanExporter> exporter_;
  ExportCounts& counts_;
};

}  // namespace cero::bench

#endif  // CERO_BENCH_PEER_COUNTING_EXPORTER_H_
