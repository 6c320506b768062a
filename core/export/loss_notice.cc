#include "export/loss_notice.h"

#include <algorithm>
#include <array>
#include <new>
#include <string_view>
#include <utility>

namespace cero::core {
namespace {

// A loss that is no drop reason.
struct OtherLoss {
  uint64_t Stats::*count;
  std::string_view noun;
  std::string_view lost;   // goes on from "12 spans"
  std::string_view cause;  // goes on from "such a span"; empty: DeliveryLog says it
};

constexpr std::array kOtherLosses = std::to_array<OtherLoss>({
    {&Stats::rejected, "span", "rejected by the backend", ""},
    {&Stats::non_recording_no_memory, "span", "not recorded, counted as non_recording_no_memory",
     "found no memory at its start (open_spans_bytes_max), or began in a signal handler that had "
     "interrupted cero"},
    {&Stats::tracers_refused, "tracer", "refused, counted as tracers_refused",
     "is one too many for a process, which may have 10,000 different ones, or found no memory; "
     "its spans record nothing"},
    {&Stats::attributes_dropped, "attribute", "dropped, counted as attributes_dropped",
     "was beyond limits.attributes_max, limits.attributes_per_event_max or "
     "limits.attributes_per_link_max"},
    {&Stats::events_dropped, "event", "dropped, counted as events_dropped",
     "was beyond limits.events_max"},
    {&Stats::links_dropped, "link", "dropped, counted as links_dropped",
     "was beyond limits.links_max"},
});

constexpr size_t kKinds = kDropReasons.size() + kOtherLosses.size();

bool is_reason(size_t kind) { return kind < kDropReasons.size(); }
const OtherLoss& other(size_t kind) { return kOtherLosses[kind - kDropReasons.size()]; }

uint64_t count_of(size_t kind, const Stats& stats) {
  return is_reason(kind) ? stats.dropped.*kDropReasons[kind].count : stats.*other(kind).count;
}

std::string_view noun_of(size_t kind) { return is_reason(kind) ? "span" : other(kind).noun; }

std::string_view article_of(size_t kind) {
  return std::string_view("aeiou").find(noun_of(kind)[0]) == std::string_view::npos ? "a " : "an ";
}

// "12 spans dropped as ring_full"
std::string text_of(size_t kind, std::string count, bool plural) {
  count.append(" ").append(noun_of(kind)).append(plural ? "s " : " ");
  return is_reason(kind) ? count.append("dropped as ").append(kDropReasons[kind].name)
                         : count.append(other(kind).lost);
}
std::string text_of(size_t kind, uint64_t count) {
  return text_of(kind, std::to_string(count), count != 1);
}

// The first thought of a description.
std::string_view cause_of(size_t kind) {
  if (!is_reason(kind)) return other(kind).cause;
  const std::string_view all = kDropReasons[kind].description;
  return all.substr(0, std::min(all.find(". "), all.find("; ")));
}

// DeliveryLog has a line for these when they happen, which says why. It counts the spans of one
// batch, and not those of the lines that it leaves out.
bool delivery_log_says(size_t kind) {
  const auto is = [&](DropReason reason) { return kind == static_cast<size_t>(reason); };
  return is(DropReason::permanent_error) || is(DropReason::retry_expired) || cause_of(kind).empty();
}

// Goes on from the losses that it is the cause of.
std::string failure_text(std::string_view failure) {
  return failure.empty() ? "" : "; the last failure was that of " + std::string(failure);
}

std::string seconds_text(TimePoint::duration duration) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(duration).count()) + " s";
}

}  // namespace

LossNotice::LossNotice(Ledger ledger, Log& log)
    : ledger_(std::move(ledger)), log_(log), told_(kKinds) {}

uint64_t LossNotice::sum(const Stats& stats) noexcept {
  uint64_t sum = 0;
  for (size_t kind = 0; kind < kKinds; ++kind) sum += count_of(kind, stats);
  return sum;
}

void LossNotice::look(TimePoint now) noexcept {
  if (!ledger_) return;
  if (now < not_before_) {
    if (expected_.load(std::memory_order_relaxed)) next_look_ = std::min(next_look_, not_before_);
    return;
  }
  expected_.store(false, std::memory_order_relaxed);  // before the ledger is read
  const Stats stats = ledger_();
  not_before_ = now + kLookInterval;
  next_look_ = TimePoint::max();
  for (size_t kind = 0; kind < kKinds; ++kind) {
    look_at(kind, count_of(kind, stats), now);
    if (told_[kind].losing) next_look_ = std::min(next_look_, told_[kind].at + kInterval);
  }
  next_look_ = std::max(next_look_, not_before_);
}

void LossNotice::look_at(size_t kind, uint64_t count, TimePoint now) noexcept {
  Told& told = told_[kind];
  const bool grew = count > told.count;
  if (!told.losing) {
    if (!grew) return;
    told.losing = true;
    if (delivery_log_says(kind)) {
      told.at = now;
    } else {
      say_begin(kind, count, now);
    }
  } else if (now - told.at >= kInterval) {
    told.losing = grew;
    grew ? say_more(kind, count, now) : say_end(kind, now);
  }
}

void LossNotice::finish(TimePoint now, std::string_view failure) noexcept {
  if (!ledger_) return;
  const Stats stats = ledger_();
  for (size_t kind = 0; kind < kKinds; ++kind) {
    const uint64_t count = count_of(kind, stats);
    if (count <= told_[kind].count) continue;
    const bool left_behind = kind == static_cast<size_t>(DropReason::after_shutdown);
    const std::string_view why = left_behind ? failure : std::string_view();
    told_[kind].losing ? say_more(kind, count, now, why) : say_begin(kind, count, now, why);
  }
}

void LossNotice::say_begin(size_t kind, uint64_t count, TimePoint now,
                           std::string_view failure) noexcept {
  say(Severity::warning, [&] {
    std::string text = text_of(kind, count) + " so far";
    if (!cause_of(kind).empty())
      text.append("; such ")
          .append(article_of(kind))
          .append(noun_of(kind))
          .append(" ")
          .append(cause_of(kind));
    return text + failure_text(failure);
  });
  told_[kind].count = count;
  told_[kind].at = now;
}

void LossNotice::say_more(size_t kind, uint64_t count, TimePoint now,
                          std::string_view failure) noexcept {
  Told& told = told_[kind];
  say(Severity::warning, [&] {
    return text_of(kind, count - told.count) + " in the last " + seconds_text(now - told.at) +
           ", " + std::to_string(count) + " so far" + failure_text(failure);
  });
  told.count = count;
  told.at = now;
}

void LossNotice::say_end(size_t kind, TimePoint now) noexcept {
  const Told& told = told_[kind];
  say(Severity::info, [&] {
    return text_of(kind, "no more", /*plural=*/true) + " for " + seconds_text(now - told.at) +
           ", " + std::to_string(told.count) + " so far";
  });
}

template <typename MakeText>
void LossNotice::say(Severity severity, MakeText make_text) noexcept try {
  log_.write(LogTopic::losses, severity, make_text());
} catch (const std::bad_alloc&) {
  // They are counted as well.
}

}  // namespace cero::core
