#include "otel/received_run.h"

#include <algorithm>
#include <cstdint>
#include <stdexcept>

namespace cero::test {
namespace {

using Json = ReceivedRun::Json;

// Before it the program gave a time itself; behind it lies every run.
constexpr uint64_t kRunsAfter = 1'750'000'000'000'000'000;

uint64_t time_of(const Json& object, const char* field) {
  return std::stoull(object.at(field).get<std::string>());
}

void hide_time(Json& object, const char* field) {
  if (time_of(object, field) > kRunsAfter) object[field] = "a time";
}

// A list of {"key", "value"} as an object; a key that is there again is marked.
Json by_key(const Json& attributes) {
  Json object = Json::object();
  for (const Json& attribute : attributes) {
    std::string key = attribute.at("key");
    while (object.contains(key)) key += " again";
    object[key] = attribute.at("value");
  }
  return object;
}

void name_attributes(Json& object) {
  if (object.contains("attributes")) object["attributes"] = by_key(object["attributes"]);
}

std::string name_of(const Json& span) {
  std::string name = span.at("name");
  for (const Json& attribute : span.value("attributes", Json::array()))
    if (attribute.at("key") == "url.path")
      name += " " + attribute.at("value").at("stringValue").get<std::string>();
  return name;
}

}  // namespace

ReceivedRun::ReceivedRun(const std::vector<Json>& requests) {
  for (const Json& request : requests) {
    for (const Json& resource_spans : request.at("resourceSpans")) {
      Json resource = resource_spans.at("resource");
      name_attributes(resource);
      add_fields("resource", resource);
      for (const Json& scope_spans : resource_spans.at("scopeSpans")) take(scope_spans);
    }
  }
  find_places();
  number_ids();
  for (auto& [id, span] : spans_) {
    normalise(span);
    add_fields(span.place, span.json);
  }
}

void ReceivedRun::take(const Json& scope_spans) {
  for (const Json& span : scope_spans.at("spans")) {
    Json json = span;
    json["scope"] = scope_spans.at("scope");
    json["scope"]["schemaUrl"] = scope_spans.value("schemaUrl", "");
    if (!spans_.emplace(span.at("spanId"), ReceivedSpan{json, ""}).second)
      throw std::runtime_error("received twice: " + span.dump());
  }
}

void ReceivedRun::find_places() {
  std::map<std::string, int> taken;
  for (auto& [id, span] : spans_) {
    span.place = place_of(id);
    if (++taken[span.place] > 1) throw std::runtime_error("two spans at " + span.place);
  }
}

std::string ReceivedRun::place_of(const std::string& span_id, int depth) const {
  if (depth > 100) throw std::runtime_error("a span is its own ancestor");
  const auto found = spans_.find(span_id);
  if (found == spans_.end()) return "";
  const Json& span = found->second.json;
  return place_of(span.value("parentSpanId", ""), depth + 1) + "/" + name_of(span);
}

void ReceivedRun::number_ids() {
  std::vector<const ReceivedSpan*> in_order;
  for (const auto& [id, span] : spans_) in_order.push_back(&span);
  std::sort(in_order.begin(), in_order.end(),
            [](const auto* a, const auto* b) { return a->place < b->place; });
  int traces = 0;
  for (const ReceivedSpan* span : in_order) {
    names_of_ids_.emplace(span->json.at("spanId"), "the span at " + span->place);
    const auto trace = names_of_ids_.emplace(span->json.at("traceId"), "");
    if (trace.second) trace.first->second = "trace " + std::to_string(++traces);
  }
}

void ReceivedRun::normalise(ReceivedSpan& span) const {
  Json& json = span.json;
  if (time_of(json, "startTimeUnixNano") > time_of(json, "endTimeUnixNano") ||
      time_of(json, "startTimeUnixNano") < kRunsAfter)
    throw std::runtime_error("times of " + json.dump());
  hide_time(json, "startTimeUnixNano");
  hide_time(json, "endTimeUnixNano");
  name_attributes(json);
  replace_ids(json);
  for (Json& event : json["events"]) {
    hide_time(event, "timeUnixNano");
    name_attributes(event);
  }
  for (Json& link : json["links"]) {
    name_attributes(link);
    replace_ids(link);
  }
}

void ReceivedRun::replace_ids(Json& object) const {
  for (const char* field : {"traceId", "spanId", "parentSpanId"}) {
    if (!object.contains(field)) continue;
    const auto found = names_of_ids_.find(object[field]);
    if (found != names_of_ids_.end()) object[field] = found->second;
  }
}

void ReceivedRun::add_fields(const std::string& place, const Json& json) {
  const Json flat = json.flatten();
  for (const auto& [path, value] : flat.items())
    if (!value.is_null()) fields_[place + ": " + path] = value.dump();
}

}  // namespace cero::test
