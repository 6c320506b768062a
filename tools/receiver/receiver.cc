#include "receiver/receiver.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <utility>

#include "receiver/event_loop.h"
#include "receiver/fault_plan.h"

namespace cero::receiver {
namespace {

// What a fault script needs and these options do not give.
Result<void> check_faults(const ReceiverOptions& options, bool has_tls) {
  if (!options.faults) return {};
  if (options.faults->needs_tls() && !has_tls) {
    return Error(ErrorCode::invalid_options,
                 "--fault: the script has steps about TLS; add --tls-listen HOST:PORT");
  }
  if (options.faults->needs_certificate() && !options.certificate_file.empty()) {
    return Error(ErrorCode::invalid_options,
                 "--fault: 'tls expired' and 'tls wrong-host' need the throwaway CA; leave out "
                 "--cert");
  }
  return {};
}

}  // namespace

class Receiver::Parts {
 public:
  Parts(ReceiverOptions options, std::optional<TlsContext> tls_context)
      : tls(std::move(tls_context)),
        faults(options.faults ? std::make_unique<FaultPlan>(*std::move(options.faults), counts,
                                                            std::chrono::steady_clock::now())
                              : nullptr),
        intake({.on_request = std::move(options.on_request),
                .faults = faults.get(),
                .keep_requests = options.keep_requests,
                .count_unique = options.count_unique,
                .body_bytes_max = options.body_bytes_max},
               counts, log),
        loop({.intake = intake,
              .tls = tls ? &*tls : nullptr,
              .faults = faults.get(),
              .allows_http2 = options.http2}) {}

  const std::optional<TlsContext> tls;
  const std::string no_certificate;
  SharedCounts counts;
  const std::unique_ptr<FaultPlan> faults;
  RequestLog log;
  Intake intake;
  std::vector<std::string> urls;
  std::vector<std::string> socket_paths;  // until they are removed
  std::mutex stop_mutex;
  EventLoop loop;
};

Receiver::Receiver(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Receiver::~Receiver() { stop(); }

Result<std::unique_ptr<Receiver>> Receiver::start(ReceiverOptions options) {
  if (options.listeners.empty()) options.listeners.emplace_back();
  std::optional<TlsContext> tls;
  const bool has_tls = std::any_of(options.listeners.begin(), options.listeners.end(),
                                   [](const ListenAddress& address) { return address.tls; });
  if (Result<void> fits = check_faults(options, has_tls); !fits) return fits.error();
  if (has_tls) {
    Result<TlsContext> created = TlsContext::create({.certificate_file = options.certificate_file,
                                                     .key_file = options.key_file,
                                                     .client_ca_file = options.client_ca_file,
                                                     .allows_http2 = options.http2});
    if (!created) return created.error();
    tls = std::move(*created);
  }
  const std::vector<ListenAddress> listeners = std::move(options.listeners);
  auto parts = std::make_unique<Parts>(std::move(options), std::move(tls));
  for (const ListenAddress& address : listeners) {
    Result<ListeningSocket> socket = ListeningSocket::open(address);
    if (!socket) return socket.error();
    parts->urls.push_back(traces_url(address, socket->port()));
    parts->loop.add_listener(std::move(*socket), address.tls);
    if (!address.socket_path.empty()) parts->socket_paths.push_back(address.socket_path);
  }
  if (Result<void> started = parts->loop.start(); !started) return started.error();
  return std::unique_ptr<Receiver>(new Receiver(std::move(parts)));
}

const std::vector<std::string>& Receiver::urls() const { return parts_->urls; }

const std::string& Receiver::ca_certificate_pem() const {
  return parts_->tls ? parts_->tls->ca_certificate_pem() : parts_->no_certificate;
}

Counts Receiver::counts() const { return parts_->counts.snapshot(); }

bool Receiver::wait_for_spans(uint64_t spans, std::chrono::milliseconds timeout) const {
  return parts_->counts.wait_for_spans(spans, std::chrono::steady_clock::now() + timeout);
}

bool Receiver::wait_for_requests(uint64_t requests, std::chrono::milliseconds timeout) const {
  return parts_->counts.wait_for_requests(requests, std::chrono::steady_clock::now() + timeout);
}

std::vector<ReceivedRequest> Receiver::take_requests() { return parts_->log.take(); }

void Receiver::stop() {
  const std::lock_guard lock(parts_->stop_mutex);
  parts_->loop.stop();
  for (const std::string& path : std::exchange(parts_->socket_paths, {})) unlink(path.c_str());
}

}  // namespace cero::receiver
