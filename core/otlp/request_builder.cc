#include "otlp/request_builder.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "base/planted_bug.h"
#include "base/span_prefix.h"
#include "cero/detail/wire.h"

namespace cero::core {
namespace {

using detail::kFixed32;
using detail::kFixed64;
using detail::kLength;
using detail::kVarint;
using detail::store;
using detail::tag;
using detail::varint_size;
using detail::write_varint;

// A segment's chunks grow with it, so that many scopes cost little.
constexpr size_t kChunkBytesMin = 4 << 10;
constexpr size_t kChunkBytes = 64 << 10;
constexpr size_t kFirstBlockSlack = 4 * kChunkBytes;
constexpr size_t kArenaBytes = 1 << 10;  // its own, in the first block
constexpr size_t kRequestOverhead = 64;  // tags and lengths around the spans

std::string length_field(uint32_t field, const std::string& content) {
  std::string bytes(1 + varint_size(content.size()), '\0');
  bytes[0] = tag(field, kLength);
  write_varint(bytes.data() + 1, content.size());
  return bytes + content;
}

void append_length(std::string* out, uint32_t field, size_t content) {
  char head[1 + detail::kVarintBytesMax];
  head[0] = tag(field, kLength);
  const char* end = write_varint(head + 1, content);
  out->append(head, static_cast<size_t>(end - head));
}

// A scope's part of a request, but for its spans.
size_t scope_size(const ScopeInfo& scope) noexcept {
  return scope.encoded.size() + scope.schema_url.size() + kRequestOverhead;
}

size_t count_field_size(uint32_t count) noexcept { return count == 0 ? 0 : 1 + varint_size(count); }

char* write_count(char* out, uint32_t field, uint32_t count) noexcept {
  if (count == 0) return out;
  *out++ = tag(field, kVarint);
  return write_varint(out, count);
}

bool is_root(const RecordHeader& record) noexcept { return !SpanId(record.parent_span_id).valid(); }

bool needs_status(const RecordHeader& record) noexcept {
  return record.status_code != 0 && (record.marks & detail::kStatusOnWire) == 0;
}

constexpr size_t kTraceIdField = 2 + 16;
constexpr size_t kSpanIdField = 2 + 8;
constexpr size_t kKindField = 2;
constexpr size_t kTimeField = 1 + 8;
constexpr size_t kStatusField = 4;
constexpr size_t kFlagsField = 2 + 4;

// Everything of a Span message but the wire bytes.
size_t envelope_size(const RecordHeader& record) noexcept {
  size_t size = kTraceIdField + kSpanIdField + kKindField + 2 * kTimeField + kFlagsField;
  if (!is_root(record)) size += kSpanIdField;
  if (needs_status(record)) size += kStatusField;
  return size + count_field_size(record.dropped_attributes) +
         count_field_size(record.dropped_events) + count_field_size(record.dropped_links);
}

char* write_envelope(char* out, const RecordHeader& record, const SpanTimes& times) noexcept {
  *out++ = tag(1, kLength);
  *out++ = 16;
  out = store(out, record.trace_id);
  *out++ = tag(2, kLength);
  *out++ = 8;
  out = store(out, record.span_id);
  if (!is_root(record)) {
    *out++ = tag(4, kLength);
    *out++ = 8;
    out = store(out, record.parent_span_id);
  }
  *out++ = tag(6, kVarint);
  *out++ = static_cast<char>(record.kind);
  *out++ = tag(7, kFixed64);
  out = store(out, times.start);
  *out++ = tag(8, kFixed64);
  out = store(out, times.end);
  out = write_count(out, 10, record.dropped_attributes);
  out = write_count(out, 12, record.dropped_events);
  out = write_count(out, 14, record.dropped_links);
  if (needs_status(record)) {
    *out++ = tag(15, kLength);
    *out++ = 2;
    *out++ = tag(3, kVarint);
    *out++ = static_cast<char>(record.status_code);
  }
  // Field 16: the first whose tag takes two bytes.
  constexpr uint64_t kFlagsNumber = kPlantedBug == PlantedBug::flags_tag ? 17 : 16;
  constexpr uint64_t kFlagsTag = kFlagsNumber << 3 | kFixed32;
  out = write_varint(out, kFlagsTag);
  return store(out, record.flags);
}

// Chunks are at most half empty but for the last of each segment.
size_t block_size(const RequestBuilder::Limits& limits) noexcept {
  return 2 * size_t{limits.bytes_max} + kFirstBlockSlack;
}

google::protobuf::ArenaOptions arena_options(char* block, size_t size) {
  google::protobuf::ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = size;
  return options;
}

}  // namespace

RequestBuilder::RequestBuilder(const std::string& resource, const std::string& schema_url,
                               Limits limits)
    : resource_field_(length_field(1, resource)),
      schema_url_field_(schema_url.empty() ? std::string() : length_field(3, schema_url)),
      limits_(limits),
      bytes_max_(limits.bytes_max),
      first_block_(std::make_unique_for_overwrite<char[]>(block_size(limits))),
      arena_(arena_options(first_block_.get(), block_size(limits))),
      bytes_(resource_field_.size() + schema_url_field_.size() + kRequestOverhead) {}

bool RequestBuilder::has_room_for(const RecordHeader& record) const noexcept {
  if (empty()) return true;
  if (full()) return false;
  constexpr size_t kSpanOverhead = 1 + 4;  // tag and length in the ScopeSpans
  const size_t span_bytes =
      envelope_size(record) + prefix_of(record.prefix).size() + wire_size(record) + kSpanOverhead;
  const size_t scope_bytes = has_segment_of(record.scope) ? 0 : scope_size(*record.scope);
  return bytes_ + span_bytes + scope_bytes <= bytes_max_ &&
         chunk_bytes_ + std::max(span_bytes, kChunkBytes) <= block_size(limits_) - kArenaBytes;
}

bool RequestBuilder::has_segment_of(const ScopeInfo* scope) const noexcept {
  return std::any_of(segments_.begin(), segments_.begin() + static_cast<ptrdiff_t>(segment_count_),
                     [&](const Segment& segment) { return segment.scope == scope; });
}

RequestBuilder::Segment& RequestBuilder::segment_of(const ScopeInfo* scope) {
  for (size_t i = 0; i < segment_count_; ++i) {
    if (segments_[i].scope != scope) continue;
    // The scope at hand is likely the next one too.
    if (i != 0) std::swap(segments_[i], segments_[0]);
    return segments_[0];
  }
  if (segment_count_ == segments_.size()) segments_.emplace_back();
  Segment& segment = segments_[segment_count_++];
  segment.scope = scope;
  bytes_ += scope_size(*scope);
  return segment;
}

char* RequestBuilder::reserve(Segment& segment, size_t bytes) {
  if (bytes > segment.room) {
    const size_t chunk_bytes =
        std::max(bytes, std::clamp(segment.bytes, kChunkBytesMin, kChunkBytes));
    segment.chunks.push_back({google::protobuf::Arena::CreateArray<char>(&arena_, chunk_bytes), 0});
    segment.room = chunk_bytes;
    chunk_bytes_ += (chunk_bytes + 7) / 8 * 8;  // as the arena aligns them
  }
  Chunk& chunk = segment.chunks.back();
  char* out = chunk.begin + chunk.used;
  chunk.used += bytes;
  segment.room -= bytes;
  segment.bytes += bytes;
  return out;
}

bool RequestBuilder::add(const RecordHeader& record, const WallTime& wall_time) {
  CERO_ASSERT(has_room_for(record));
  if (!is_well_formed(record)) return false;
  const SpanTimes times = times_of(record, wall_time);
  const std::string_view prefix = prefix_of(record.prefix);
  const size_t wire_bytes = wire_size(record);
  const size_t span_bytes = envelope_size(record) + prefix.size() + wire_bytes;
  const size_t field_bytes = 1 + varint_size(span_bytes) + span_bytes;
  char* const begin = reserve(segment_of(record.scope), field_bytes);

  char* out = begin;
  *out++ = tag(2, kLength);
  out = write_varint(out, span_bytes);
  out = write_envelope(out, record, times);
  out += prefix.copy(out, prefix.size());
  std::memcpy(out, wire_of(record), wire_bytes);
  if ((record.marks & detail::kHasTickEvents) != 0) finish_event_times(out, wire_bytes, wall_time);
  CERO_ASSERT(out + wire_bytes == begin + field_bytes);

  ++span_count_;
  bytes_ += field_bytes;
  counts_.attributes_dropped += record.dropped_attributes;
  counts_.events_dropped += record.dropped_events;
  counts_.links_dropped += record.dropped_links;
  counts_.negative_durations += times.was_negative ? 1 : 0;
  return true;
}

size_t RequestBuilder::scope_spans_size(const Segment& segment) noexcept {
  const ScopeInfo& scope = *segment.scope;
  size_t size = 1 + varint_size(scope.encoded.size()) + scope.encoded.size() + segment.bytes;
  if (!scope.schema_url.empty())
    size += 1 + varint_size(scope.schema_url.size()) + scope.schema_url.size();
  return size;
}

void RequestBuilder::append_scope_spans(const Segment& segment, std::string* out) const {
  const ScopeInfo& scope = *segment.scope;
  append_length(out, 1, scope.encoded.size());
  out->append(scope.encoded);
  for (const Chunk& chunk : segment.chunks) out->append(chunk.begin, chunk.used);
  if (!scope.schema_url.empty()) {
    append_length(out, 3, scope.schema_url.size());
    out->append(scope.schema_url);
  }
}

void RequestBuilder::close(Body* body) {
  CERO_ASSERT(!empty());
  size_t resource_spans = resource_field_.size() + schema_url_field_.size();
  for (size_t i = 0; i < segment_count_; ++i) {
    const size_t size = scope_spans_size(segments_[i]);
    resource_spans += 1 + varint_size(size) + size;
  }
  std::string& out = body->bytes;
  out.clear();
  out.reserve(1 + varint_size(resource_spans) + resource_spans);
  append_length(&out, 1, resource_spans);
  out.append(resource_field_);
  for (size_t i = 0; i < segment_count_; ++i) {
    append_length(&out, 2, scope_spans_size(segments_[i]));
    append_scope_spans(segments_[i], &out);
  }
  out.append(schema_url_field_);
  CERO_ASSERT(out.size() == 1 + varint_size(resource_spans) + resource_spans);
  body->span_count = span_count_;
  start_anew();
}

uint32_t RequestBuilder::discard() {
  const uint32_t spans = span_count_;
  start_anew();
  return spans;
}

void RequestBuilder::start_anew() {
  for (size_t i = 0; i < segment_count_; ++i) {
    segments_[i].chunks.clear();
    segments_[i].bytes = 0;
    segments_[i].room = 0;
  }
  arena_.Reset();
  chunk_bytes_ = 0;
  segment_count_ = 0;
  span_count_ = 0;
  bytes_ = resource_field_.size() + schema_url_field_.size() + kRequestOverhead;
}

}  // namespace cero::core
