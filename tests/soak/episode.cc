#include "soak/episode.h"

#include <array>
#include <utility>

#include "fault/ledger_check.h"

namespace cero::soak {

using test::Route;

Route random_route(Random& random) {
  constexpr std::array kRoutes{Route::http1_plain, Route::http2_tls_gzip, Route::grpc_tls_gzip};
  return kRoutes[random() % kRoutes.size()];
}

void end_spans(Tracer& tracer, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    Span span = tracer.start_span("operation");
    span.set_attribute("number", static_cast<int64_t>(i));
  }
}

Options options_for(const test::DirectBackend& backend) {
  Options options;
  options.exporter = backend.exporter();
  options.rings_bytes_max = 32 << 20;  // kept for later providers, so it decides how large we get
  options.log_handler = nullptr;
  return options;
}

EpisodeResult result_of(test::DirectBackend& backend, const Stats& stats, uint64_t ended,
                        std::string what) {
  backend.receiver().stop();
  const receiver::Counts counts = backend.receiver().counts();
  EpisodeResult result{.what = std::move(what), .ended = ended, .stats = stats};
  for (const auto& [action, times] : counts.faults) result.faults_met += times;
  const uint64_t unseen = test::spans_of_timeouts(stats, counts, BatchOptions{}.spans_max);
  result.faults = test::ledger_faults(stats, counts, ended, unseen);
  return result;
}

}  // namespace cero::soak
