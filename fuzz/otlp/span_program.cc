#include "otlp/span_program.h"

#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

#include "otlp/naive_text.h"
#include "otlp/span_model.h"
#include "otlp/value_pair.h"
#include "support/recording_stage.h"

namespace cero::fuzz {
namespace {

constexpr size_t kOpenSpans = 4;
constexpr size_t kScopes = 3;
constexpr size_t kSpansMax = 64;
// Below the limit on a span's size, so that what is lost is a bug.
constexpr size_t kSpanBytesMax = size_t{40} << 10;

uint32_t make_limit(InputReader& input) {
  constexpr std::array<uint32_t, 8> kLimits = {128, 128, 0, 1, 2, 3, 130, 200};
  return kLimits[input.choice(kLimits.size())];
}

Options make_options(InputReader& input) {
  Options options;
  options.resource = {{"service.name", "fuzz"}, {"n", 7}};
  if (input.flip()) options.resource_schema_url = "https://example.com/resource";
  options.limits = {.attributes_max = make_limit(input),
                    .events_max = make_limit(input),
                    .links_max = make_limit(input),
                    .attributes_per_event_max = make_limit(input),
                    .attributes_per_link_max = make_limit(input)};
  if (input.flip()) options.limits.attribute_value_length_max = input.choice(40);
  options.batch.spans_max = 1 + input.choice(8);
  options.batch.bytes_max = uint32_t{64} << 10;
  const uint32_t sampler = input.choice(8);
  if (sampler == 0) options.sampler = Sampler::always_off();
  if (sampler > 4) options.sampler = Sampler::always_on();
  return options;
}

// Of the samplers above.
bool is_sampled(const Sampler& sampler, const SpanContext& parent) {
  if (sampler.description() == Sampler::always_on().description()) return true;
  if (sampler.description() == Sampler::always_off().description()) return false;
  return !parent.valid() || parent.sampled();
}

Timestamp make_time(InputReader& input) {
  const auto since_epoch =
      std::chrono::nanoseconds(1 + input.number<uint64_t>() % (uint64_t{1} << 62));
  return Timestamp(std::chrono::duration_cast<Timestamp::duration>(since_epoch));
}

uint64_t to_unix_ns(Timestamp time) {
  using std::chrono::nanoseconds;
  return static_cast<uint64_t>(
      std::chrono::duration_cast<nanoseconds>(time.time_since_epoch()).count());
}

template <size_t kBytes>
Id<kBytes> make_id(InputReader& input) {
  std::array<uint8_t, kBytes> bytes;
  bytes.fill(input.byte());
  bytes.back() ^= input.byte();
  return Id<kBytes>(bytes);
}

SpanContext make_context(InputReader& input) {
  constexpr std::array<std::string_view, 4> kStates = {"", "vendor=1", "a=b,c@d=e f", "bad=,"};
  const auto trace_id = make_id<16>(input);
  const auto span_id = make_id<8>(input);
  const uint8_t flags = input.byte();
  const bool remote = input.flip();
  return {trace_id, span_id, flags, remote,
          TraceState::from_header(kStates[input.choice(kStates.size())])};
}

class Program {
 public:
  explicit Program(InputReader& input)
      : input_(input),
        options_(make_options(input)),
        length_max_(options_.limits.attribute_value_length_max.value_or(UINT32_MAX)),
        stage_(options_) {
    for (size_t i = 0; i < kScopes; ++i) tracers_[i] = make_tracer(i);
  }

  std::string run() {
    while (!input_.empty() && span_count_ < kSpansMax) step();
    for (OpenSpan& open : open_) close(open);
    for (const std::string& request : stage_.drain()) check_request(request);
    for (size_t i = 0; i < kScopes; ++i) {
      if (!ended_[i].empty()) fail("spans of a scope are missing");
    }
    return std::move(wrong_);
  }

 private:
  struct OpenSpan {
    Span span;
    std::optional<SpanModel> model;  // none: not recording
    SpanContext context;
    size_t scope = 0;
  };

  void fail(std::string_view what) { (wrong_ += what) += '\n'; }

  static std::string scope_name(size_t index) {
    return index == 0 ? "" : "s" + std::to_string(index);
  }
  Tracer make_tracer(size_t index) {
    if (index == 0) return stage_.tracer("");
    return stage_.tracer(scope_name(index), "1.2", "https://example.com/scope",
                         {{"k", static_cast<int64_t>(index)}});
  }

  void step() {
    OpenSpan& open = open_[input_.choice(kOpenSpans)];
    const uint32_t call = input_.choice(24);
    if (call == 0 || !open.context.valid()) return start(open);
    // What is called on a span that has ended, or has grown enough, changes nothing.
    if (open.model && open.model->size_bytes() > kSpanBytesMax) return end(open);
    if (call < 10) return set_attribute(open);
    if (call < 13) return add_event(open);
    if (call < 16) return add_link(open);
    if (call < 19) return set_status(open);
    if (call == 19) return update_name(open);
    if (call == 20) return record_exception(open);
    if (call == 21) return end(open);
    if (call == 22) return move(open);
    close(open);
  }

  std::vector<AttributePair> make_attributes() {
    std::vector<AttributePair> attributes(input_.choice(6));
    for (AttributePair& attribute : attributes) {
      attribute.key = make_key(input_);
      attribute.value = make_value(input_, keeper_, length_max_);
    }
    return attributes;
  }
  static std::vector<Attribute> views(const std::vector<AttributePair>& attributes) {
    std::vector<Attribute> result;
    for (const AttributePair& attribute : attributes)
      result.push_back({attribute.key, attribute.value.given});
    return result;
  }

  Parent make_parent(SpanContext* context) {
    const uint32_t kind = input_.choice(6);
    if (kind == 0) return {};  // no span is current
    if (kind == 1) return Parent::none();
    *context = kind == 2 ? make_context(input_) : open_[input_.choice(kOpenSpans)].context;
    return *context;
  }

  void start(OpenSpan& open) {
    close(open);
    ++span_count_;
    SpanContext parent;
    StartOptions options{.parent = make_parent(&parent)};
    options.kind = static_cast<SpanKind>(1 + input_.choice(5));
    const std::string name = make_text(input_);
    const auto attributes = make_attributes();
    const std::vector<Attribute> attribute_views = views(attributes);
    options.attributes = attribute_views;
    const SpanContext linked = make_context(input_);
    const auto link_attributes = make_attributes();
    const std::vector<Attribute> link_attribute_views = views(link_attributes);
    const std::vector<Link> links(input_.choice(3), Link{linked, link_attribute_views});
    options.links = links;
    if (input_.choice(4) == 0) options.start_time = make_time(input_);
    if (input_.choice(8) == 0) options.trace_id = make_id<16>(input_);
    if (input_.choice(8) == 0) options.span_id = make_id<8>(input_);

    open.scope = input_.choice(kScopes);
    open.span = tracers_[open.scope].start_span(name, options);
    open.context = open.span.context();
    check_start(open, parent, options);
    if (!open.span.is_recording()) return;
    SpanModel& model = open.model.emplace(options_.limits);
    model.start(name, options.kind, open.context, parent);
    for (const AttributePair& attribute : attributes)
      model.set_attribute(attribute.key, attribute.value.expected);
    for (size_t i = 0; i < links.size(); ++i) model.add_link(linked, link_attributes);
    if (options.start_time != Timestamp{}) model.set_start_time(to_unix_ns(options.start_time));
  }

  void check_start(const OpenSpan& open, const SpanContext& parent, const StartOptions& options) {
    const SpanContext& context = open.context;
    const bool sampled = is_sampled(options_.sampler, parent);
    if (open.span.is_recording() != sampled || context.sampled() != sampled) fail("wrong sampling");
    if (!context.valid() || context.remote()) fail("an invalid or remote context");
    if (options.span_id.valid() && context.span_id() != options.span_id)
      fail("not the given span id");
    if (parent.valid()) {
      if (context.trace_id() != parent.trace_id()) fail("not the parent's trace");
      if ((context.flags() ^ parent.flags()) & TraceFlags::kRandom)
        fail("not the parent's random flag");
      if (!(context.trace_state() == parent.trace_state())) fail("not the parent's tracestate");
    } else {
      const bool given = options.trace_id.valid();
      if (given && context.trace_id() != options.trace_id) fail("not the given trace id");
      if (((context.flags() & TraceFlags::kRandom) == 0) != given) fail("wrong random flag");
    }
  }

  void set_attribute(OpenSpan& open) {
    const std::string key = make_key(input_);
    official::AnyValue expected;
    switch (input_.choice(8)) {
      case 0: {
        const auto value = input_.number<int64_t>();
        open.span.set_attribute(key, value);
        expected.set_int_value(value);
        break;
      }
      case 1: {
        const auto value = input_.number<uint16_t>();
        open.span.set_attribute(key, value);
        expected.set_int_value(value);
        break;
      }
      case 2: {
        const bool value = input_.flip();
        open.span.set_attribute(key, value);
        expected.set_bool_value(value);
        break;
      }
      case 3: {
        const float value = static_cast<float>(input_.number<int16_t>()) / 4;
        open.span.set_attribute(key, value);
        expected.set_double_value(double{value});
        break;
      }
      case 4:
      case 5: {
        const std::string text = make_text(input_);
        if (input_.flip()) {
          open.span.set_attribute(key, text);
        } else {
          open.span.set_attribute(key, std::string_view(text));
        }
        expected.set_string_value(mended(text, length_max_));
        break;
      }
      default: {
        const ValuePair value = make_value(input_, keeper_, length_max_);
        open.span.set_attribute(key, value.given);
        expected = value.expected;
      }
    }
    if (open.model) open.model->set_attribute(key, expected);
  }

  void add_event(OpenSpan& open) {
    const std::string name = make_text(input_);
    const auto attributes = make_attributes();
    const Timestamp time = input_.choice(3) == 0 ? make_time(input_) : Timestamp{};
    open.span.add_event(name, views(attributes), time);
    if (open.model) open.model->add_event(name, attributes, to_unix_ns(time));
  }

  void record_exception(OpenSpan& open) {
    const std::runtime_error error(make_text(input_));
    auto attributes = make_attributes();
    open.span.record_exception(error, views(attributes));
    official::AnyValue type;
    official::AnyValue message;
    type.set_string_value(mended("std::runtime_error", length_max_));
    message.set_string_value(mended(error.what(), length_max_));
    attributes.insert(attributes.begin(),
                      {{"exception.type", {{}, type}}, {"exception.message", {{}, message}}});
    if (open.model) open.model->add_event("exception", attributes, 0);
  }

  void add_link(OpenSpan& open) {
    const SpanContext context = make_context(input_);
    const auto attributes = make_attributes();
    open.span.add_link(context, views(attributes));
    if (open.model) open.model->add_link(context, attributes);
  }

  void set_status(OpenSpan& open) {
    const auto code = static_cast<StatusCode>(input_.choice(3));
    const std::string description = make_text(input_);
    open.span.set_status(code, description);
    if (open.model) open.model->set_status(code, description);
  }

  void update_name(OpenSpan& open) {
    const std::string name = make_text(input_);
    open.span.update_name(name);
    if (open.model) open.model->update_name(name);
  }

  static void move(OpenSpan& open) {
    Span moved = std::move(open.span);
    open.span.set_attribute("moved", 1);  // ignored, as is all on a span that was moved from
    open.span = std::move(moved);
  }

  // The span goes on to be misused until it is closed.
  void end(OpenSpan& open) {
    if (input_.choice(3) == 0) {
      const Timestamp time = make_time(input_);
      open.span.end(time);
      if (open.model) open.model->set_end_time(to_unix_ns(time));
    } else {
      open.span.end();
    }
    note_end(open);
  }
  void close(OpenSpan& open) {
    if (!(open.span.context() == open.context)) fail("the context has changed");
    open.span = Span();
    note_end(open);
    open.context = SpanContext();
  }
  void note_end(OpenSpan& open) {
    if (!open.model) return;
    ended_[open.scope].push_back(*std::exchange(open.model, std::nullopt));
  }

  void check_request(const std::string& bytes) {
    const auto request = official::parse_request(bytes);
    if (!request) return fail("a request does not parse");
    if (request->resource_spans_size() != 1) return fail("not one ResourceSpans");
    const official::ResourceSpans& resource_spans = request->resource_spans(0);
    if (resource_spans.schema_url() != options_.resource_schema_url) fail("a wrong schema URL");
    official::Resource resource;
    add(resource.mutable_attributes(), "service.name")->set_string_value("fuzz");
    add(resource.mutable_attributes(), "n")->set_int_value(7);
    wrong_ += official::difference(resource, resource_spans.resource());
    int spans = 0;
    for (const official::ScopeSpans& scope_spans : resource_spans.scope_spans()) {
      spans += scope_spans.spans_size();
      check_scope(scope_spans);
    }
    if (spans == 0 || static_cast<uint32_t>(spans) > options_.batch.spans_max)
      fail("a wrong number of spans in a request");
    if (spans > 1 && bytes.size() > options_.batch.bytes_max) fail("a request is too large");
  }

  static official::AnyValue* add(official::KeyValues* list, const char* key) {
    official::KeyValue* entry = list->Add();
    entry->set_key(key);
    return entry->mutable_value();
  }

  // Spans of a scope come in the order in which they ended.
  void check_scope(const official::ScopeSpans& received) {
    size_t index = 0;
    while (index < kScopes && scope_name(index) != received.scope().name()) ++index;
    if (index == kScopes) return fail("an unknown scope");
    official::InstrumentationScope scope;
    if (index > 0) {
      scope.set_name(scope_name(index));
      scope.set_version("1.2");
      add(scope.mutable_attributes(), "k")->set_int_value(static_cast<int64_t>(index));
    }
    wrong_ += official::difference(scope, received.scope());
    if (received.schema_url() != (index > 0 ? "https://example.com/scope" : ""))
      fail("a wrong schema URL of a scope");
    auto& expected = ended_[index];
    if (received.spans_size() == 0 || static_cast<size_t>(received.spans_size()) > expected.size())
      return fail("too few or too many spans in a scope");
    for (int i = 0; i < received.spans_size(); ++i)
      wrong_ += expected[static_cast<size_t>(i)].check(received.spans(i));
    expected.erase(expected.begin(), expected.begin() + received.spans_size());
  }

  InputReader& input_;
  const Options options_;
  const uint32_t length_max_;
  Keeper keeper_;
  test::RecordingStage stage_;
  std::array<Tracer, kScopes> tracers_;
  std::array<OpenSpan, kOpenSpans> open_;
  std::array<std::vector<SpanModel>, kScopes> ended_;
  size_t span_count_ = 0;
  std::string wrong_;
};

}  // namespace

std::string run_span_program(std::span<const uint8_t> input) {
  InputReader reader(input);
  return Program(reader).run();
}

}  // namespace cero::fuzz
