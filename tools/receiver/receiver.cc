#include "receiver/receiver.h"

#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include "receiver/event_loop.h"

namespace cero::receiver {

class Receiver::Parts {
 public:
  Parts(IntakeOptions options, std::optional<TlsContext> tls_context, bool allows_http2)
      : tls(std::move(tls_context)),
        intake(std::move(options), counts, log),
        loop(intake, tls ? &*tls : nullptr, allows_http2) {}

  const std::optional<TlsContext> tls;
  const std::string no_certificate;
  SharedCounts counts;
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
  if (std::any_of(options.listeners.begin(), options.listeners.end(),
                  [](const ListenAddress& address) { return address.tls; })) {
    Result<TlsContext> created = TlsContext::create({.certificate_file = options.certificate_file,
                                                     .key_file = options.key_file,
                                                     .client_ca_file = options.client_ca_file,
                                                     .allows_http2 = options.http2});
    if (!created) return created.error();
    tls = std::move(*created);
  }
  auto parts = std::make_unique<Parts>(IntakeOptions{.on_request = std::move(options.on_request),
                                                     .keep_requests = options.keep_requests,
                                                     .count_unique = options.count_unique,
                                                     .body_bytes_max = options.body_bytes_max},
                                       std::move(tls), options.http2);
  for (const ListenAddress& address : options.listeners) {
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
