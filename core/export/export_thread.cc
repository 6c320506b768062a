#include "export/export_thread.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/background_thread.h"

namespace cero::core {
namespace {

using std::chrono::milliseconds;

// How long before stop()'s deadline the thread gives up, so that it has ended when the deadline
// comes; at most a quarter of the time there is.
constexpr milliseconds kEndingTime{250};

// Empty where there is nobody to ask.
std::function<uint64_t()> no_room_count(const LossNotice::Ledger& ledger) {
  if (!ledger) return {};
  return [ledger] {
    const DroppedSpans dropped = ledger().dropped;
    return dropped.ring_full + dropped.no_memory;
  };
}

}  // namespace

ExportThread::ExportThread(const Exporter& options, BodyExchange& exchange,
                           std::unique_ptr<Transport> transport, Clock& clock, Log& log,
                           LossNotice::Ledger ledger, Lender* lender,
                           std::string_view endpoint_variable)
    : options_(options),
      clock_(clock),
      transport_(std::move(transport)),
      sender_(options_, {.exchange = exchange,
                         .transport = *transport_,
                         .clock = clock,
                         .log = log,
                         .counters = counters_,
                         .tracker = tracker_,
                         .lender = lender,
                         .spans_dropped = no_room_count(ledger),
                         .endpoint_variable = endpoint_variable}),
      loss_notice_(std::move(ledger), log) {}

ExportThread::~ExportThread() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    drop_at_ = TimePoint{};
  }
  wake();
  thread_.join();
}

Result<void> ExportThread::start(const ThreadStartHook& hook) {
  CERO_ASSERT(!thread_.joinable() && !finished_);
  auto thread = start_background_thread("cero-export", hook, [this] { run(); });
  if (!thread) return thread.error();
  thread_ = std::move(thread).value();
  return {};
}

void ExportThread::wake() noexcept {
  const std::lock_guard lock(transport_mutex_);
  if (transport_) transport_->wakeup();
}

ExportThread::Hurry::Hurry(ExportThread& thread, TimePoint deadline)
    : thread_(thread), deadline_(deadline) {
  {
    const std::lock_guard lock(thread_.mutex_);
    next_ = thread_.hurries_;
    thread_.hurries_ = this;
    ++thread_.hurry_count_;
  }
  thread_.wake();
}

ExportThread::Hurry::~Hurry() {
  const std::lock_guard lock(thread_.mutex_);
  Hurry** link = &thread_.hurries_;
  while (*link != this) link = &(*link)->next_;
  *link = next_;
}

FlushOutcome ExportThread::flush(SettledTracker::Watch& watch, uint64_t number,
                                 TimePoint deadline) {
  const Hurry hurry(*this, deadline);
  return watch.wait(number, deadline);
}

FlushOutcome ExportThread::flush(uint64_t number, TimePoint deadline) {
  SettledTracker::Watch watch(tracker_);
  return flush(watch, number, deadline);
}

bool ExportThread::stop(TimePoint deadline) {
  const TimePoint now = clock_.now();
  const TimePoint drop_at = deadline - std::clamp<TimePoint::duration>(
                                           (deadline - now) / 4, milliseconds{0}, kEndingTime);
  std::unique_lock lock(mutex_);
  drop_at_ = drop_at_ ? std::min(*drop_at_, drop_at) : drop_at;
  if (!thread_.joinable()) {
    if (!std::exchange(finished_, true)) sender_.drop_all();
    tracker_.close();
    return true;
  }
  wake();
  if (!finished_changed_.wait_until(lock, deadline, [this] { return finished_; })) return false;
  std::thread ended = std::move(thread_);
  lock.unlock();
  ended.join();  // it has left run() but for its last lines
  return true;
}

void ExportThread::run() {
  serve();
  sender_.drop_all();
  loss_notice_.finish(clock_.now(), sender_.standing_failure());
  publish_cpu_time();
  finish();
}

void ExportThread::serve() {
  uint64_t hurry_count = 0;
  bool stopping = false;
  while (true) {
    const Requests now_requested = requests();
    sender_.hurry_until(now_requested.hurry_until);
    if (hurry_count != now_requested.hurry_count) {
      hurry_count = now_requested.hurry_count;
      sender_.skip_backoff();
    }
    if (now_requested.drop_at) {
      if (!std::exchange(stopping, true)) sender_.skip_backoff();
      if (sender_.idle() || clock_.now() >= *now_requested.drop_at) return;
    }
    sender_.round(
        std::min(now_requested.drop_at.value_or(TimePoint::max()), loss_notice_.next_look()));
    loss_notice_.look(clock_.now());
    publish_cpu_time();
  }
}

ExportThread::Requests ExportThread::requests() {
  const std::lock_guard lock(mutex_);
  Requests requested{.hurry_count = hurry_count_, .hurry_until = drop_at_, .drop_at = drop_at_};
  for (const Hurry* hurry = hurries_; hurry != nullptr; hurry = hurry->next_) {
    requested.hurry_until =
        std::min(requested.hurry_until.value_or(TimePoint::max()), hurry->deadline_);
  }
  return requested;
}

// Connections are closed here and not in the destructor: writing a TLS close-notify may raise
// SIGPIPE.
void ExportThread::finish() {
  tracker_.close();
  std::unique_ptr<Transport> transport;
  {
    const std::lock_guard lock(transport_mutex_);
    transport = std::move(transport_);
  }
  transport.reset();
  const std::lock_guard lock(mutex_);
  finished_ = true;
  finished_changed_.notify_all();
}

void ExportThread::publish_cpu_time() { counters_.export_cpu_ns.set(thread_cpu_ns()); }

}  // namespace cero::core
