#include "receiver/fault_plan.h"

#include <utility>

namespace cero::receiver {
namespace {

struct Fits {
  uint64_t body_bytes;
  std::string_view encoding;
  uint64_t request_number;

  bool operator()(const BodyOver& over) const { return body_bytes > over.bytes; }
  bool operator()(const EncodingIs& wanted) const { return encoding == wanted.name; }
  bool operator()(const EachNth& nth) const { return request_number % nth.number == 0; }
};

}  // namespace

FaultPlan::FaultPlan(FaultScript script, SharedCounts& counts, TimePoint now)
    : script_(std::move(script)), counts_(counts) {
  begin_step(0, now);
}

const FaultStep* FaultPlan::step() const {
  return index_ < script_.steps.size() ? &script_.steps[index_] : nullptr;
}

void FaultPlan::begin_step(size_t index, TimePoint now) {
  const bool starts_again = script_.repeats && index == script_.steps.size();
  index_ = starts_again ? 0 : index;
  began_ = now;
  if (const FaultStep* begun = step()) {
    times_left_ = begun->times.value_or(0);
    if (begun->action.connection() != nullptr) ++connection_steps_begun_;
    if (refuses_connections()) note(begun->action);  // nobody comes who could be counted
  }
  if (on_step_) on_step_();
}

// One more was met by the step at hand.
void FaultPlan::use_up(TimePoint now) {
  note(step()->action);
  if (step()->times && --times_left_ == 0) begin_step(index_ + 1, now);
}

void FaultPlan::look(TimePoint now) {
  for (auto end = ends_at(); end && *end <= now; end = ends_at()) begin_step(index_ + 1, *end);
}

std::optional<FaultPlan::TimePoint> FaultPlan::ends_at() const {
  const FaultStep* current = step();
  if (current == nullptr || !current->time) return std::nullopt;
  return began_ + *current->time;
}

bool FaultPlan::refuses_connections() const {
  const ConnectionFault* fault = step() != nullptr ? step()->action.connection() : nullptr;
  return fault != nullptr && fault->kind == ConnectionFault::Kind::refuse;
}

ConnectionFault FaultPlan::on_connection(bool is_tls, TimePoint now) {
  look(now);
  const ConnectionFault* fault = step() != nullptr ? step()->action.connection() : nullptr;
  if (fault == nullptr || (fault->is_about_tls() && !is_tls)) return {};
  const ConnectionFault taken = *fault;
  use_up(now);
  return taken;
}

std::optional<UploadFault> FaultPlan::on_header(TimePoint now) {
  look(now);
  const UploadFault* fault =
      step() != nullptr ? std::get_if<UploadFault>(&step()->action.effect) : nullptr;
  if (fault == nullptr) return std::nullopt;
  const UploadFault taken = *fault;
  use_up(now);
  return taken;
}

const Reply* FaultPlan::on_request(uint64_t body_bytes, std::string_view encoding, TimePoint now) {
  look(now);
  ++requests_;
  if (const FaultAction* action = matching_rule(body_bytes, encoding)) {
    note(*action);
    return std::get_if<Reply>(&action->effect);
  }
  const Reply* reply = step() != nullptr ? std::get_if<Reply>(&step()->action.effect) : nullptr;
  if (reply != nullptr) use_up(now);
  return reply;
}

const FaultAction* FaultPlan::matching_rule(uint64_t body_bytes, std::string_view encoding) const {
  for (const FaultRule& rule : script_.rules) {
    if (std::visit(Fits{body_bytes, encoding, requests_}, rule.condition)) return &rule.action;
  }
  return nullptr;
}

void FaultPlan::note(const FaultAction& action) {
  if (!action.is_ok()) counts_.add({.faults = {{action.text, 1}}});
}

}  // namespace cero::receiver
