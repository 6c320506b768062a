#include "http/curl_transport.h"

#include <curl/curl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/fork_gate.h"
#include "base/setup_lock.h"
#include "http/connections.h"
#include "http/curl_transfer.h"
#include "http/large_answer.h"
#include "http/transport_check.h"

namespace cero::core {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPollMax{60'000};

// libcurl's wait returns at once, for ever, where a socket is ready and it can do nothing with
// that: before 8.0 it asks for POLLOUT while HTTP/2 flow control holds an upload back, and any
// version meets a descriptor that the host has closed behind its back. After this many such rounds
// in which nothing moved we wait for what the servers say instead, which is all that can open a
// window. The bound is for what we may have misjudged.
constexpr int kIdleRoundsMax = 16;
constexpr milliseconds kStalledWait{10};
constexpr milliseconds kAtOnce{1};

// In so many requests it shows how many connections are needed at once.
constexpr size_t kWindowRequests = 16;

// On one connection, where libcurl may share one.
constexpr long kStreamsMax = 100;

struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

// libcurl's setup is for the process and never undone: the host may use libcurl as well.
bool initialise_curl() {
  const SetupLock lock;
  static constinit bool succeeded = false;
  if (!succeeded) succeeded = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return succeeded;
}

// How long a wait may last from `now`.
milliseconds time_until(TimePoint deadline, TimePoint now, milliseconds most) {
  return std::clamp(std::chrono::ceil<milliseconds>(deadline - now), milliseconds{0}, most);
}

// Every call of libcurl's that does more than look holds a pass of the fork gate, but for the wait.
class CurlTransport final : public Transport {
 public:
  CurlTransport(std::span<const Exporter> endpoints, const std::vector<Proxy>& proxies);
  ~CurlTransport() override;

  bool start(const Post& post) override;
  void poll(TimePoint deadline, CompletionHandler& handler) override;
  void wakeup() noexcept override {
    woken_.store(true, std::memory_order_relaxed);
    curl_multi_wakeup(multi_.get());
  }
  void abort_all() noexcept override;
  uint64_t connection_count() const noexcept override { return connection_count_; }

 private:
  void perform();
  CurlTransfer* idle_transfer(const CurlRequestOptions& endpoint);
  void rest_connections();
  void keep_needed_connections();
  bool repeat(CurlTransfer& transfer, CURLcode code);
  bool hand_over_completed(CompletionHandler& handler);
  void wait(TimePoint deadline);
  void wait_for_servers(TimePoint deadline);
  void note_progress();
  uint64_t progress() const;

  const bool old_libcurl_ = is_old_libcurl();
  Connections connections_;  // outlives the multi handle, whose cleanup closes them
  LargeAnswer large_answer_;
  uint64_t connection_count_ = 0;
  std::vector<std::unique_ptr<const CurlRequestOptions>> endpoints_;
  std::unique_ptr<CURLM, MultiDeleter> multi_;
  std::vector<std::unique_ptr<CurlTransfer>> transfers_;
  size_t active_count_ = 0;
  size_t window_requests_ = 0;
  size_t window_peak_ = 0;  // under way at once, among those
  size_t peak_before_;      // in the window before
  uint64_t progress_seen_ = 0;
  int idle_rounds_ = 0;  // waits in a row that ended at once for nothing
  bool waited_in_vain_ = false;
  bool server_spoke_in_vain_ = false;
  std::atomic<bool> woken_{false};  // relaxed: one that is missed costs an idle round
};

CurlTransport::CurlTransport(std::span<const Exporter> endpoints, const std::vector<Proxy>& proxies)
    : connections_(2 * endpoints.size() * endpoints[0].requests_in_flight_max),
      multi_(curl_multi_init()) {  // within make_transport()'s pass
  if (!multi_) throw std::bad_alloc();
  const std::string trusted_file = trusted_file_from_environment();
  for (size_t i = 0; i < endpoints.size(); ++i) {
    auto options = std::make_unique<CurlRequestOptions>(endpoints[i], proxies[i], trusted_file);
    options->connections = &connections_;
    options->large_answer = &large_answer_;
    endpoints_.push_back(std::move(options));
  }
  const size_t requests_max = endpoints.size() * endpoints[0].requests_in_flight_max;
  const long in_flight_max = static_cast<long>(requests_max);
  // With an old libcurl each request has a connection of its own: several would share a window
  // there that it waits for by spinning.
  curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING,
                    old_libcurl_ ? long{CURLPIPE_NOTHING} : long{CURLPIPE_MULTIPLEX});
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, in_flight_max);
  peak_before_ = requests_max;
  transfers_.reserve(requests_max);
}

CurlTransport::~CurlTransport() {
  abort_all();
  const ForkGate::Pass pass;
  transfers_.clear();
  multi_.reset();
  connections_.forget_closed();
}

CurlTransfer* CurlTransport::idle_transfer(const CurlRequestOptions& endpoint) {
  for (const auto& transfer : transfers_) {
    if (!transfer->active && transfer->is_to(endpoint)) return transfer.get();
  }
  return transfers_.emplace_back(std::make_unique<CurlTransfer>(endpoint)).get();
}

// libcurl ends a connection of connection_age_max when it finds it idle. One that always carries
// another request would never be: while there is one of that age, or one that was given up, no
// request joins another.
void CurlTransport::rest_connections() {
  const std::chrono::seconds age_max = endpoints_[0]->connection_age;
  const auto& all = connections_.all();
  const bool overdue = age_max.count() > 0 && !all.empty() &&
                       std::chrono::steady_clock::now() - all[0].opened_at > age_max;
  const bool rest = overdue || connections_.any_given_up();
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_CONCURRENT_STREAMS, rest ? 1L : kStreamsMax);
}

bool CurlTransport::start(const Post& post) try {
  CERO_ASSERT(!post.body.empty());
  const ForkGate::Pass pass;
  CurlTransfer* transfer = idle_transfer(*endpoints_[post.endpoint]);
  transfer->prepare(post);
  connections_.forget_closed();
  connections_.end_unasked();
  rest_connections();
  if (curl_multi_add_handle(multi_.get(), transfer->easy()) != CURLM_OK) return false;
  transfer->active = true;
  ++active_count_;
  idle_rounds_ = 0;
  keep_needed_connections();
  return true;
} catch (const std::bad_alloc&) {
  return false;
}

// What a rush has opened, as after an outage, is closed again when requests go one by one: a
// backend with many clients else holds all of it.
void CurlTransport::keep_needed_connections() {
  window_peak_ = std::max(window_peak_, active_count_);
  if (++window_requests_ == kWindowRequests) {
    window_requests_ = 0;
    peak_before_ = std::exchange(window_peak_, 0);
  }
  const auto kept = static_cast<long>(std::max(window_peak_, peak_before_));
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, kept);
}

void CurlTransport::perform() {
  const ForkGate::Pass pass;
  int running = 0;
  curl_multi_perform(multi_.get(), &running);
}

void CurlTransport::poll(TimePoint deadline, CompletionHandler& handler) {
  perform();
  if (hand_over_completed(handler)) return;
  wait(deadline);
  perform();
  note_progress();
  hand_over_completed(handler);
}

void CurlTransport::wait(TimePoint deadline) {
  if (idle_rounds_ > kIdleRoundsMax) return wait_for_servers(deadline);
  const TimePoint began = std::chrono::steady_clock::now();
  const milliseconds timeout = time_until(deadline, began, kPollMax);
  curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(timeout.count()), nullptr);
  const bool woken = woken_.exchange(false, std::memory_order_relaxed);
  waited_in_vain_ =
      !woken && timeout > kAtOnce && std::chrono::steady_clock::now() - began < kAtOnce;
}

// None of the idle connections: one that the server has closed is readable for ever, and libcurl
// looks at them when it needs one.
void CurlTransport::wait_for_servers(TimePoint deadline) {
  std::array<pollfd, 64> readable;
  nfds_t count = 0;
  for (const Connection& connection : connections_.all()) {
    if (connection.is_idle() || count == readable.size() || server_spoke_in_vain_) continue;
    readable[count++] = {.fd = connection.socket.fd(), .events = POLLIN, .revents = 0};
  }
  const milliseconds timeout = time_until(deadline, std::chrono::steady_clock::now(), kStalledWait);
  // What was ready, and let nothing move, is not asked again at once.
  server_spoke_in_vain_ = ::poll(readable.data(), count, static_cast<int>(timeout.count())) > 0;
}

void CurlTransport::note_progress() {
  if (!std::exchange(waited_in_vain_, false) && idle_rounds_ <= kIdleRoundsMax) return;
  const uint64_t moved = progress();
  if (moved == progress_seen_) {
    idle_rounds_ = std::min(idle_rounds_, kIdleRoundsMax) + 1;
  } else {
    idle_rounds_ = 0;
    server_spoke_in_vain_ = false;
  }
  progress_seen_ = moved;
}

// Grows whenever something moves.
uint64_t CurlTransport::progress() const {
  uint64_t sum = connections_.newest_id() + connections_.request_count();
  for (const auto& transfer : transfers_) {
    if (transfer->active) sum += transfer->bytes_moved();
  }
  return sum;
}

bool CurlTransport::hand_over_completed(CompletionHandler& handler) {
  bool any = false;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CurlTransfer* transfer = CurlTransfer::of(message->easy_handle);
    const CURLcode code = message->data.result;  // the message does not outlive the removal
    if (repeat(*transfer, code)) continue;
    const Completion completion = transfer->complete(code);
    connection_count_ += transfer->connections_established();
    handler.on_completion(completion);
    const ForkGate::Pass pass;
    if (completion.status == 0) transfer->distrust_connection(code);
    curl_multi_remove_handle(multi_.get(), transfer->easy());
    transfer->end();
    --active_count_;
    idle_rounds_ = 0;
    any = true;
  }
  return any;
}

bool CurlTransport::repeat(CurlTransfer& transfer, CURLcode code) {
  const ForkGate::Pass pass;
  const uint64_t established = transfer.connections_established();
  if (!transfer.prepare_repeat(code)) return false;
  connection_count_ += established;
  curl_multi_remove_handle(multi_.get(), transfer.easy());
  return curl_multi_add_handle(multi_.get(), transfer.easy()) == CURLM_OK;
}

void CurlTransport::abort_all() noexcept {
  const ForkGate::Pass pass;
  for (const auto& transfer : transfers_) {
    if (!transfer->active) continue;
    curl_multi_remove_handle(multi_.get(), transfer->easy());
    transfer->end();
  }
  active_count_ = 0;
}

}  // namespace

Result<std::unique_ptr<Transport>> make_transport(std::span<const Exporter> endpoints) {
  const ForkGate::Pass pass;
  if (!initialise_curl()) return Error(ErrorCode::system, "libcurl cannot be initialised");
  std::vector<Proxy> proxies;
  for (const Exporter& endpoint : endpoints) {
    const Target target = target_of(endpoint.endpoint);
    proxies.push_back(target.socket_path.empty() ? proxy_from_environment(target.url) : Proxy());
    if (const auto problem = proxy_problem(proxies.back()))
      return Error(ErrorCode::invalid_options, *problem);
  }
  return std::unique_ptr<Transport>(std::make_unique<CurlTransport>(endpoints, proxies));
}

}  // namespace cero::core
