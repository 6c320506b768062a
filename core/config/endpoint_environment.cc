#include "config/endpoint_environment.h"

#include <strings.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "config/endpoint_options.h"
#include "config/key_value_list.h"
#include "config/url.h"

namespace cero::core {
namespace {

constexpr std::string_view kTracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
constexpr std::string_view kBaseEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

// A base URL becomes the traces URL; a query stays behind the path. A Unix socket alone is whole:
// what is asked for there by default are traces.
std::string traces_url(const std::string& base) {
  const Result<Url> parsed = parse_url(base);
  if (parsed && !parsed->socket_path.empty() && parsed->path_empty) return base;
  const size_t path_end = std::min(base.find_first_of("?#"), base.size());
  std::string url = base.substr(0, path_end);
  if (!url.ends_with('/')) url += '/';
  return url + "v1/traces" + base.substr(path_end);
}

// gRPC's endpoint may be host and port alone; another variable then says whether that is TLS.
std::string grpc_url(bool insecure, const std::string& endpoint) {
  if (endpoint.find("://") != std::string::npos || is_unix_url(endpoint)) return endpoint;
  return (insecure ? "http://" : "https://") + endpoint;
}

bool read_insecure(const VariableReader& reader) {
  for (const char* variable :
       {"OTEL_EXPORTER_OTLP_TRACES_INSECURE", "OTEL_EXPORTER_OTLP_INSECURE"}) {
    if (const auto value = reader.choice<bool>(variable, {{"true", true}, {"false", false}})) {
      return *value;
    }
  }
  return false;
}

void read_endpoint(const EnvironmentReading& reading) {
  constexpr OptionName kEndpoint = "exporter.endpoint";
  const VariableReader reader = reading.reader_for(kEndpoint);
  Exporter& exporter = reading.options.exporter;
  const bool grpc = exporter.protocol == Protocol::grpc;
  const bool insecure = grpc && read_insecure(reader);
  for (const std::string_view variable : {kTracesEndpoint, kBaseEndpoint}) {
    auto text = reader.text(variable);
    if (!text) continue;
    exporter.endpoint = grpc                        ? grpc_url(insecure, *text)
                        : variable == kBaseEndpoint ? traces_url(*text)
                                                    : *text;
    return reading.wording.set_by(variable, kEndpoint, {}, std::move(*text));
  }
}

void set_header(std::vector<Header>& headers, KeyValue header) {
  std::erase_if(headers, [&](const Header& other) {
    return strcasecmp(other.name().c_str(), header.key.c_str()) == 0;
  });
  headers.emplace_back(std::move(header.key), std::move(header.value));
}

// What the exporter sets itself is sent as it should be, whatever the list says of it.
bool is_redundant(const Exporter& exporter, const std::string& header) {
  return is_set_by_cero(header) || (exporter.protocol == Protocol::grpc && belongs_to_grpc(header));
}

// An entry that is no header.
struct BadEntry {
  size_t place;
  std::string_view why;
};

// Moves what cannot be sent from the members to what it returns, in the order of places. No content
// of theirs is shown: what is written wrongly may be a secret in the wrong place.
std::vector<BadEntry> take_bad_entries(KeyValueList& list) {
  std::vector<BadEntry> bad;
  for (const size_t place : list.unreadable) bad.push_back({place, "name=value is expected"});
  std::erase_if(list.members, [&](const KeyValueList::Member& header) {
    const std::string_view why = unsendable_header(header.key, header.value);
    if (!why.empty()) bad.push_back({header.place, why});
    return !why.empty();
  });
  std::sort(bad.begin(), bad.end(),
            [](const BadEntry& a, const BadEntry& b) { return a.place < b.place; });
  return bad;
}

// The traces form counts if an entry of it can be read.
void read_headers(const EnvironmentReading& reading) {
  constexpr OptionName kHeaders = "exporter.headers";
  const VariableReader reader = reading.reader_for(kHeaders);
  for (const std::string_view variable : kHeaders.row().variables) {
    if (variable.empty()) return;
    const std::optional<std::string> text = reader.text(variable);
    if (!text) continue;
    KeyValueList list = parse_key_value_list(*text, BadEscape::keep);
    const std::vector<BadEntry> bad = take_bad_entries(list);
    if (!bad.empty() && list.members.empty()) {
      reader.ignored(variable, "a list name=value,... is expected; entry " +
                                   std::to_string(bad[0].place) + ": " + std::string(bad[0].why));
      continue;
    }
    for (const BadEntry& entry : bad)
      reader.part_ignored(variable, places_text({entry.place}), entry.why);
    for (KeyValueList::Member& header : list.members) {
      if (is_redundant(reading.options.exporter, header.key)) {
        reader.part_ignored(variable, places_text({header.place}) + ", " + header.key + ",",
                            "cero sets that header itself");
        continue;
      }
      reading.wording.set_by(variable, kHeaders, "[" + in_quotes(header.key) + "]");
      set_header(reading.options.exporter.headers, std::move(header));
    }
    return;
  }
}

}  // namespace

void read_endpoint_variables(const EnvironmentReading& reading) {
  read_endpoint(reading);
  read_headers(reading);
}

}  // namespace cero::core
