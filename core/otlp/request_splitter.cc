#include "otlp/request_splitter.h"

#include <optional>

#include "cero/detail/wire.h"

namespace cero::core {
namespace {

using detail::kLength;
using detail::tag;

constexpr char kResourceSpans = tag(1, kLength);  // of a request
constexpr char kScopeSpans = tag(2, kLength);     // of a ResourceSpans
constexpr char kSpans = tag(2, kLength);          // of a ScopeSpans

// A field of a message in which every field has a tag of one byte and is length-delimited.
struct Field {
  char tag = 0;
  std::string_view content;
  std::string_view whole;
};

class FieldReader {
 public:
  explicit FieldReader(std::string_view message) : rest_(message) {}

  bool at_end() const { return rest_.empty(); }
  // Nothing: the rest is no such field.
  std::optional<Field> next() {
    if (rest_.size() < 2 || (rest_[0] & 7) != kLength) return std::nullopt;
    uint64_t size = 0;
    for (size_t at = 1; at < rest_.size() && at <= kLengthBytesMax; ++at) {
      const auto bits = static_cast<uint8_t>(rest_[at]);
      size |= uint64_t{bits & 0x7fu} << (7 * (at - 1));
      if (bits < 0x80) return take(at + 1, size);
    }
    return std::nullopt;
  }

 private:
  static constexpr size_t kLengthBytesMax = 5;  // a message is less than 2 GiB

  std::optional<Field> take(size_t content_at, uint64_t size) {
    if (size > rest_.size() - content_at) return std::nullopt;
    const Field field{rest_[0], rest_.substr(content_at, size), rest_.substr(0, content_at + size)};
    rest_.remove_prefix(field.whole.size());
    return field;
  }

  std::string_view rest_;
};

// What one message becomes: its own fields for both halves, and for each the parts it gets. The
// fields that stand in front of the first part and behind the last keep their places.
struct Parts {
  std::string before;
  RequestHalves parts;
  std::string after;

  void add_own(std::string_view whole) {
    const bool has_parts = !parts.first.empty() || !parts.second.empty();
    (has_parts ? after : before).append(whole);
  }
};

void append_field(char field_tag, std::string_view before, std::string_view content,
                  std::string_view after, std::string* out) {
  const size_t size = before.size() + content.size() + after.size();
  char head[1 + detail::kVarintBytesMax];
  head[0] = field_tag;
  const char* end = detail::write_varint(head + 1, size);
  out->append(head, static_cast<size_t>(end - head)).append(before).append(content).append(after);
}

// The message as a field of each half that has parts of it.
void append_message(char field_tag, const Parts& message, RequestHalves* out) {
  const RequestHalves& parts = message.parts;
  if (!parts.first.empty())
    append_field(field_tag, message.before, parts.first, message.after, &out->first);
  if (!parts.second.empty())
    append_field(field_tag, message.before, parts.second, message.after, &out->second);
}

bool split_scope_spans(std::string_view content, uint32_t* first_spans_left, RequestHalves* out) {
  Parts scope;
  for (FieldReader fields(content); !fields.at_end();) {
    const auto field = fields.next();
    if (!field) return false;
    if (field->tag != kSpans) {
      scope.add_own(field->whole);
    } else if (*first_spans_left > 0) {
      --*first_spans_left;
      scope.parts.first.append(field->whole);
    } else {
      scope.parts.second.append(field->whole);
    }
  }
  append_message(kScopeSpans, scope, out);
  return true;
}

bool split_resource_spans(std::string_view content, uint32_t* first_spans_left,
                          RequestHalves* out) {
  Parts resource;
  for (FieldReader fields(content); !fields.at_end();) {
    const auto field = fields.next();
    if (!field) return false;
    if (field->tag != kScopeSpans) {
      resource.add_own(field->whole);
    } else if (!split_scope_spans(field->content, first_spans_left, &resource.parts)) {
      return false;
    }
  }
  append_message(kResourceSpans, resource, out);
  return true;
}

}  // namespace

bool split_request(std::string_view request, uint32_t first_span_count, RequestHalves* halves) {
  *halves = {};
  uint32_t first_spans_left = first_span_count;
  for (FieldReader fields(request); !fields.at_end();) {
    const auto field = fields.next();
    if (!field || field->tag != kResourceSpans) return false;
    if (!split_resource_spans(field->content, &first_spans_left, halves)) return false;
  }
  return first_spans_left == 0 && !halves->first.empty() && !halves->second.empty();
}

}  // namespace cero::core
