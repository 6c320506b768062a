#include "otlp/span_model.h"

#include <algorithm>
#include <set>

#include "otlp/naive_text.h"

namespace cero::fuzz {
namespace {

template <typename Id>
std::string bytes_of(const Id& id) {
  return {reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size()};
}

uint32_t flags_of(uint8_t trace_flags, bool remote) {
  return uint32_t{trace_flags} | 0x100 | (remote ? 0x200 : 0);
}

official::KeyValue* find(official::KeyValues* list, const std::string& key) {
  const auto found = std::find_if(list->begin(), list->end(),
                                  [&](const official::KeyValue& kv) { return kv.key() == key; });
  return found == list->end() ? nullptr : &*found;
}

// The attributes of an event or a link: of one key the first place and the last value. Those
// without a key go, and those over the limit. Returns how many went.
uint32_t fill(official::KeyValues* list, const std::vector<AttributePair>& attributes,
              uint32_t count_max) {
  uint32_t dropped = 0;
  for (const AttributePair& attribute : attributes) {
    const std::string key = mended(attribute.key);
    official::KeyValue* entry = find(list, key);
    if (entry == nullptr) {
      if (key.empty() || static_cast<uint32_t>(list->size()) == count_max) {
        ++dropped;
        continue;
      }
      entry = list->Add();
      entry->set_key(key);
    }
    *entry->mutable_value() = attribute.value.expected;
  }
  return dropped;
}

bool has_unique_keys(const official::KeyValues& list) {
  std::set<std::string> keys;
  return std::all_of(list.begin(), list.end(),
                     [&](const official::KeyValue& kv) { return keys.insert(kv.key()).second; });
}

}  // namespace

void SpanModel::start(std::string_view name, SpanKind kind) {
  span_.set_kind(static_cast<official::Span::SpanKind>(kind));
  update_name(name);
}

void SpanModel::identify(const SpanContext& context, const SpanContext& parent) {
  span_.set_trace_id(bytes_of(context.trace_id()));
  span_.set_span_id(bytes_of(context.span_id()));
  span_.set_trace_state(std::string(context.trace_state().to_header()));
  if (parent.valid()) span_.set_parent_span_id(bytes_of(parent.span_id()));
  span_.set_flags(flags_of(context.flags(), parent.valid() && parent.remote()));
}

size_t SpanModel::record_bytes() const {
  official::Span wire;
  wire.set_name(span_.name());
  *wire.mutable_attributes() = span_.attributes();
  *wire.mutable_events() = span_.events();
  for (official::Span::Event& event : *wire.mutable_events()) event.set_time_unix_nano(1);
  *wire.mutable_links() = span_.links();
  if (!span_.status().message().empty()) *wire.mutable_status() = span_.status();
  return sizeof(detail::RecordHeader) + wire.ByteSizeLong();
}

void SpanModel::note_size(size_t more) {
  record_bytes_max_ = std::max(record_bytes_max_, record_bytes() + more);
}

SpanModel::Fate SpanModel::fate() const {
  official::Span added_at_end;
  added_at_end.set_trace_state(span_.trace_state());
  if (record_bytes() + added_at_end.ByteSizeLong() > span_bytes_max_) return Fate::lost;
  return record_bytes_max_ > span_bytes_max_ ? Fate::either : Fate::kept;
}

void SpanModel::set_attribute(std::string_view key, const official::AnyValue& value) {
  const std::string written = mended(key);
  official::KeyValue* attribute = find(span_.mutable_attributes(), written);
  const bool over = static_cast<uint32_t>(span_.attributes_size()) >= limits_.attributes_max;
  if (key.empty() || (attribute == nullptr && over)) {
    span_.set_dropped_attributes_count(span_.dropped_attributes_count() + 1);
    return;
  }
  official::Span old;
  if (attribute == nullptr) {
    attribute = span_.add_attributes();
  } else {
    *old.add_attributes() = *attribute;
  }
  attribute->set_key(written);
  *attribute->mutable_value() = value;
  note_size(old.ByteSizeLong());
}

void SpanModel::add_event(std::string_view name, const std::vector<AttributePair>& attributes,
                          uint64_t time) {
  if (static_cast<uint32_t>(span_.events_size()) >= limits_.events_max) {
    span_.set_dropped_events_count(span_.dropped_events_count() + 1);
    return;
  }
  official::Span::Event* event = span_.add_events();
  event->set_time_unix_nano(time);
  event->set_name(mended(name));
  event->set_dropped_attributes_count(
      fill(event->mutable_attributes(), attributes, limits_.attributes_per_event_max));
  note_size();
}

void SpanModel::add_link(const SpanContext& context, const std::vector<AttributePair>& attributes) {
  if (!context.valid() && attributes.empty() && context.trace_state().empty()) return;
  if (static_cast<uint32_t>(span_.links_size()) >= limits_.links_max) {
    span_.set_dropped_links_count(span_.dropped_links_count() + 1);
    return;
  }
  official::Span::Link* link = span_.add_links();
  link->set_trace_id(bytes_of(context.trace_id()));
  link->set_span_id(bytes_of(context.span_id()));
  link->set_trace_state(std::string(context.trace_state().to_header()));
  link->set_flags(flags_of(context.flags(), context.remote()));
  link->set_dropped_attributes_count(
      fill(link->mutable_attributes(), attributes, limits_.attributes_per_link_max));
  note_size();
}

void SpanModel::set_status(StatusCode code, std::string_view description) {
  if (code == StatusCode::unset || span_.status().code() == official::Status::STATUS_CODE_OK)
    return;
  span_.mutable_status()->set_code(static_cast<official::Status::StatusCode>(code));
  span_.mutable_status()->set_message(code == StatusCode::error ? mended(description) : "");
  note_size();
}

void SpanModel::update_name(std::string_view name) {
  span_.set_name(mended(name));
  note_size();
}

std::string SpanModel::check_times(const official::Span& received) const {
  const uint64_t start = received.start_time_unix_nano();
  const uint64_t end = received.end_time_unix_nano();
  // Two times of the user's stand as they are.
  if (span_.end_time_unix_nano() == 0 && end < start) return "the end is before the start\n";
  if (span_.start_time_unix_nano() != 0 || span_.end_time_unix_nano() != 0) return {};
  uint64_t last = start;
  for (int i = 0; i < span_.events_size(); ++i) {
    if (span_.events(i).time_unix_nano() != 0) continue;
    const uint64_t time = received.events(i).time_unix_nano();
    if (time < last || time > end) return "an event's time is out of order\n";
    last = time;
  }
  return {};
}

std::string SpanModel::check(const official::Span& received) const {
  official::Span expected = span_;
  if (span_.start_time_unix_nano() == 0)
    expected.set_start_time_unix_nano(received.start_time_unix_nano());
  if (span_.end_time_unix_nano() == 0)
    expected.set_end_time_unix_nano(received.end_time_unix_nano());
  const int events = std::min(span_.events_size(), received.events_size());
  for (int i = 0; i < events; ++i) {
    if (span_.events(i).time_unix_nano() != 0) continue;
    expected.mutable_events(i)->set_time_unix_nano(received.events(i).time_unix_nano());
  }
  std::string wrong = official::difference(expected, received);
  if (wrong.empty()) wrong += check_times(received);
  if (!has_unique_keys(received.attributes())) wrong += "a key stands twice\n";
  return wrong;
}

}  // namespace cero::fuzz
