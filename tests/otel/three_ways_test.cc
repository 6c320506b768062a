// One program, three ways out: the OpenTelemetry SDK, the SDK with cero's processor, and cero
// behind the API. Goal: a backend gets the same from all three, but for the differences listed
// here. Method: examples/otel_service run three times against the receiver, compared field by
// field.
#include <gtest/gtest.h>

#include <regex>

#include "loadgen/child_program.h"
#include "otel/received_run.h"
#include "receiver/otlp_json.h"
#include "receiver/receiver.h"

namespace cero {
namespace {

using test::ReceivedRun;

ReceivedRun run(const std::string& way) {
  receiver::ReceiverOptions options;
  options.keep_requests = true;
  auto receiver = receiver::Receiver::start(std::move(options));
  if (!receiver) throw std::runtime_error(receiver.error().message());
  const auto outcome =
      test::run_program(CERO_OTEL_SERVICE, {way},
                        {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=" + (*receiver)->urls().front()});
  EXPECT_EQ(outcome.exit_status, 0) << way << ": " << outcome.errors;
  std::vector<nlohmann::json> requests;
  for (const auto& request : (*receiver)->take_requests()) {
    const auto json = receiver::to_otlp_json(request.request.body);
    if (!json) throw std::runtime_error(way + ": an invalid request");
    requests.push_back(nlohmann::json::parse(*json));
  }
  return ReceivedRun(requests);
}

// A difference that is meant: where, and both values ("": the field is not there).
struct Difference {
  const char* why;
  std::string place;  // regular expressions
  std::string first;
  std::string second;
};

const std::string& value_at(const ReceivedRun& run, const std::string& place) {
  static const std::string none;
  const auto found = run.fields().find(place);
  return found == run.fields().end() ? none : found->second;
}

void expect_only(const ReceivedRun& first, const ReceivedRun& second,
                 const std::vector<Difference>& differences) {
  std::vector<int> uses(differences.size());
  auto places = first.fields();
  places.insert(second.fields().begin(), second.fields().end());
  for (const auto& [place, unused] : places) {
    const std::string& a = value_at(first, place);
    const std::string& b = value_at(second, place);
    if (a == b) continue;
    bool is_meant = false;
    for (size_t i = 0; i < differences.size(); ++i) {
      const Difference& difference = differences[i];
      if (!std::regex_match(place, std::regex(difference.place)) ||
          !std::regex_match(a, std::regex(difference.first)) ||
          !std::regex_match(b, std::regex(difference.second)))
        continue;
      is_meant = true;
      ++uses[i];
    }
    EXPECT_TRUE(is_meant) << place << "\n  first  " << a << "\n  second " << b;
  }
  for (size_t i = 0; i < differences.size(); ++i)
    EXPECT_GT(uses[i], 0) << "no such difference any more: " << differences[i].why;
}

// docs/migrating-from-opentelemetry-cpp.md explains each of these.
TEST(OtelThreeWays, deliver_the_same_but_for_what_is_listed) {
  const ReceivedRun sdk = run("sdk");
  const ReceivedRun processor = run("processor");
  const ReceivedRun cero = run("cero");
  EXPECT_EQ(sdk.span_count(), 23u);
  EXPECT_EQ(processor.span_count(), 23u);
  EXPECT_EQ(cero.span_count(), 23u);

  const std::vector<Difference> recorded_by_cero{
      {"cero says whether the parent is remote", ".*: /flags", "1", "257|769"},
      {"the SDK leaves out the flags of links", ".*: /links/0/flags", "", "257"},
      {"the SDK has the bytes of a span<uint8_t> as integers",
       ".*/order.barcode/arrayValue/values/./intValue", ".*", ""},
      {"and cero has them as bytes", ".*/order.barcode/bytesValue", "", "\"AAF//w==\""},
      {"the SDK lets an integer beyond int64 wrap", ".*/order.serial/intValue", "\"-1\"", ""},
      {"and cero writes it as text", ".*/order.serial/stringValue", "", "\"18446744073709551615\""},
      {"the SDK exports a key that was set twice twice", ".*/order.state again/stringValue",
       "\"checked\"", ""},
      {"and cero its last value", ".*/order.state/stringValue", "\"new\"", "\"checked\""},
      {"the SDK keeps an error's message with a later Ok", ".*: /status/message",
       "\"the scanner did not answer\"", ""},
  };
  expect_only(sdk, processor, recorded_by_cero);

  const std::vector<Difference> started_by_cero{
      {"who made the spans", "resource: /attributes/telemetry.sdk.name/stringValue",
       "\"opentelemetry\"", "\"cero\""},
      {"and which version", "resource: /attributes/telemetry.sdk.version/stringValue", ".*", ".*"},
      {"cero marks trace ids of its own as random", "/POST /orders/.order. /orders/plain.*/flags",
       "257|769", "259|771"},
  };
  expect_only(processor, cero, started_by_cero);
}

}  // namespace
}  // namespace cero
