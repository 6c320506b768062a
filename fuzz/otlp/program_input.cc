#include "otlp/program_input.h"

#include <array>
#include <chrono>
#include <string_view>

namespace cero::fuzz {
namespace {

uint32_t make_limit(InputReader& input) {
  constexpr std::array<uint32_t, 8> kLimits = {128, 128, 0, 1, 2, 3, 130, 200};
  return kLimits[input.choice(kLimits.size())];
}

}  // namespace

Options make_options(InputReader& input) {
  // Most programs run with room enough.
  constexpr std::array<uint32_t, 8> kSpanBytes = {1 << 20, 1 << 20, 65'536, 65'536,
                                                  1'024,   1'500,   2'048,  5'000};
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
  const uint8_t choices = input.byte();
  options.span_bytes_max = kSpanBytes[choices / 8 % kSpanBytes.size()];
  const uint32_t sampler = choices % 8;
  if (sampler == 0) options.sampler = Sampler::always_off();
  if (sampler > 4) options.sampler = Sampler::always_on();
  return options;
}

Timestamp make_time(InputReader& input) {
  const auto since_epoch =
      std::chrono::nanoseconds(1 + input.number<uint64_t>() % (uint64_t{1} << 62));
  return Timestamp(std::chrono::duration_cast<Timestamp::duration>(since_epoch));
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

}  // namespace cero::fuzz
