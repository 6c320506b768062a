#include "loadgen/options.h"

#include <strings.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iterator>
#include <sstream>
#include <string_view>
#include <utility>

#include "cero/version.h"

namespace cero::loadgen {
namespace {

constexpr const char* kUsageNotes =
    "What no flag sets is taken from the OTEL_* variables, then from cero's defaults.\n"
    "Exit status: 0 when every recorded span was exported, 1 when spans were dropped, rejected or "
    "left in\n"
    "flight, 2 for a wrong option.\n"
    "span_ns is the time inside cero's calls alone: start, attributes, event and end of 1 span in "
    "64.";

// The texts that options were given as, before they are converted.
struct Texts {
  std::vector<std::string> endpoints;
  std::string rate = "1000";
  std::string protocol;
  std::string http;
  std::string compression;
  std::vector<std::string> headers;
  std::vector<std::string> resource;
  std::string ca_file;
  std::optional<uint64_t> memory_mebibytes_max;
};

// Said by the flag, or by the environment when there is no flag.
bool is_grpc(const Texts& texts) {
  if (!texts.protocol.empty()) return texts.protocol == "grpc";
  for (const char* name : {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return strcasecmp(value, "grpc") == 0;
  }
  return false;
}

bool is_unix(const std::string& url) { return url.starts_with("unix:"); }

// "" when the URL can be used as it stands, else what is wrong and the fix.
std::string check_endpoint(const std::string& url) {
  if (is_unix(url)) return "";  // create() knows the rest
  const size_t scheme_end = url.find("://");
  const std::string_view scheme =
      std::string_view(url).substr(0, scheme_end == std::string::npos ? 0 : scheme_end);
  if (scheme != "http" && scheme != "https") {
    return "'" + url +
           "' has no scheme http or https; write a whole URL such as "
           "http://localhost:4318/v1/traces";
  }
  const std::string_view rest = std::string_view(url).substr(scheme_end + 3);
  const size_t host_end = rest.find_first_of("/?#");
  if (rest.empty() || host_end == 0) {
    return "'" + url + "' has no host; write a whole URL such as http://localhost:4318/v1/traces";
  }
  return "";
}

// The path of a URL that has passed check_endpoint is OTLP/HTTP's to choose and gRPC's to leave
// out.
void check_path(const std::string& url, bool grpc) {
  if (grpc || is_unix(url)) return;  // create() knows what these take
  const size_t host = url.find("://") + 3;
  if (url.find_first_of("/?#", host) != std::string::npos) return;
  throw CLI::ValidationError("--endpoint", "'" + url +
                                               "' has no path, and the URL is used as it stands; "
                                               "did you mean " +
                                               url + "/v1/traces ?");
}

std::string check_rate(const std::string& text) {
  if (text == "max") return "";
  double rate = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rate);
  if (error != std::errc() || end != text.data() + text.size() || !(rate > 0) || rate > 1e9) {
    return "'" + text + "' is no rate; write spans per second (above 0, at most 1e9) or max";
  }
  return "";
}

struct CompressionName {
  std::string_view name;
  Compression compression;
  int level_min;
  int level_max;
};

constexpr CompressionName kCompressions[] = {
    {"none", Compression::none, 1, 0},  // no level
    {"gzip", Compression::gzip, 1, 12},
    {"zstd", Compression::zstd, -7, 12},
};

// "gzip", "zstd:-1"; false, and nothing set, when it is none of these.
bool parse_compression(std::string_view text, Exporter& exporter) {
  const size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const auto* known = std::find_if(std::begin(kCompressions), std::end(kCompressions),
                                   [&](const auto& entry) { return entry.name == name; });
  if (known == std::end(kCompressions)) return false;
  std::optional<int> level;
  if (colon != std::string_view::npos) {
    const std::string_view digits = text.substr(colon + 1);
    int number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size()) return false;
    if (number < known->level_min || number > known->level_max) return false;
    level = number;
  }
  exporter.compression = known->compression;
  exporter.compression_level = level;
  return true;
}

std::string check_compression(const std::string& text) {
  if (Exporter exporter; parse_compression(text, exporter)) return "";
  return "'" + text +
         "' is no compression; write none, gzip, gzip:LEVEL with a level of 1 (fast) to 12 "
         "(small), zstd, or zstd:LEVEL with a level of -7 (fast) to 12 (small)";
}

std::string check_pair(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals != std::string::npos && equals != 0) return "";
  return "'" + text + "' is no key=value pair; write for example name=value";
}

std::pair<std::string, std::string> split_pair(const std::string& text) {
  const size_t equals = text.find('=');
  return {text.substr(0, equals), text.substr(equals + 1)};
}

HttpVersion http_version(std::string_view text) {
  if (text == "1.1") return HttpVersion::http1;
  if (text == "2") return HttpVersion::http2;
  if (text == "h2c") return HttpVersion::h2c;
  return HttpVersion::automatic;
}

void replace_variable(LoadOptions& options, const char* name) {
  options.replaced_variables.push_back(std::string("OTEL_EXPORTER_OTLP_TRACES_") + name);
  options.replaced_variables.push_back(std::string("OTEL_EXPORTER_OTLP_") + name);
}

// The first is the exporter's own, and the headers are for all.
void apply_endpoints(const Texts& texts, LoadOptions& options) {
  Exporter& exporter = options.provider.exporter;
  for (const std::string& header : texts.headers) {
    auto [name, value] = split_pair(header);
    exporter.headers.emplace_back(std::move(name), std::move(value));
  }
  if (!texts.headers.empty()) replace_variable(options, "HEADERS");
  if (texts.endpoints.empty()) return;
  exporter.endpoint = texts.endpoints.front();
  for (size_t i = 1; i < texts.endpoints.size(); ++i) {
    exporter.more_endpoints.push_back({.url = texts.endpoints[i], .headers = exporter.headers});
  }
  replace_variable(options, "ENDPOINT");
  options.replaced_variables.emplace_back("OTEL_TRACES_EXPORTER");
}

void apply(const Texts& texts, LoadOptions& options) {
  Exporter& exporter = options.provider.exporter;
  apply_endpoints(texts, options);
  if (texts.rate == "max") {
    options.spans_per_second.reset();
  } else {
    options.spans_per_second = std::strtod(texts.rate.c_str(), nullptr);
  }
  if (!texts.protocol.empty()) {
    exporter.protocol = texts.protocol == "grpc" ? Protocol::grpc : Protocol::http_protobuf;
    replace_variable(options, "PROTOCOL");
  }
  exporter.http_version = http_version(texts.http);
  if (!texts.compression.empty()) {
    parse_compression(texts.compression, exporter);
    replace_variable(options, "COMPRESSION");
  }
  for (const std::string& attribute : texts.resource) {
    auto [key, value] = split_pair(attribute);
    options.provider.resource.push_back({std::move(key), std::move(value)});
  }
  if (!texts.ca_file.empty()) {
    exporter.ca_certificate_file = texts.ca_file;
    replace_variable(options, "CERTIFICATE");
  }
  if (texts.memory_mebibytes_max) options.provider.memory_max = *texts.memory_mebibytes_max << 20;
}

void declare_load_flags(CLI::App& app, LoadOptions& options, Texts& texts, double& seconds) {
  app.add_option("--rate", texts.rate,
                 "Spans per second of all processes and threads together, or max")
      ->type_name("N|max")
      ->check(CLI::Validator(check_rate, ""))
      ->capture_default_str();
  app.add_option("--seconds", seconds, "How long spans are made")
      ->type_name("S")
      ->check(CLI::Range(0.01, 86'400.0))
      ->capture_default_str();
  app.add_option("--forks", options.forks,
                 "Processes to fork after the provider is made, which make the spans between them; "
                 "0: none, this one makes them")
      ->type_name("N")
      ->check(CLI::Range(0, 1'000))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "Threads that make spans, of each process")
      ->type_name("T")
      ->check(CLI::Range(1, 4'096))
      ->capture_default_str();
  app.add_option("--attributes", options.attributes, "Attributes of each span")
      ->type_name("K")
      ->check(CLI::Range(0, 128))
      ->capture_default_str();
  app.add_option("--spans-per-trace", options.spans_per_trace, "Spans of each trace, nested")
      ->type_name("M")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Seed of the content; ids are always random")
      ->type_name("N")
      ->capture_default_str();
}

void declare_delivery_flags(CLI::App& app, LoadOptions& options, Texts& texts) {
  app.add_option("--endpoint", texts.endpoints,
                 "The traces URL, used as it stands [http://localhost:4318/v1/traces]; for grpc "
                 "without a path [http://localhost:4317]; or unix:///SOCKET. May be given again: "
                 "spans go to the first that works")
      ->type_name("URL")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(CLI::Validator(check_endpoint, ""));
  app.add_option("--protocol", texts.protocol, "OTLP's protocol [http/protobuf]")
      ->type_name("http/protobuf|grpc")
      ->check(CLI::IsMember({"http/protobuf", "grpc"}));
  app.add_option("--http", texts.http,
                 "HTTP version [auto: HTTP/2 over https where the server agrees, else 1.1]")
      ->type_name("auto|1.1|2|h2c")
      ->check(CLI::IsMember({"auto", "1.1", "2", "h2c"}));
  app.add_option("--compression", texts.compression, "Compression of request bodies [none]")
      ->type_name("none|gzip[:1..12]|zstd[:-7..12]")
      ->check(CLI::Validator(check_compression, ""));
  app.add_option("--header", texts.headers,
                 "A header for every request, at each endpoint; may be given again")
      ->type_name("K=V")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(CLI::Validator(check_pair, ""));
  app.add_option("--resource", texts.resource,
                 "A resource attribute; may be given again [service.name=cero-loadgen]")
      ->type_name("K=V")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(CLI::Validator(check_pair, ""));
  app.add_option("--cacert", texts.ca_file, "PEM file of the authorities to trust [the system's]")
      ->type_name("FILE")
      ->check(CLI::ExistingFile);
  app.add_option("--memory-max", texts.memory_mebibytes_max,
                 "Memory of each process's provider in all, in MiB [some 410, store by store]")
      ->type_name("MIB")
      ->check(CLI::Range(16, 262'144));
  app.add_flag("--json", options.json,
               "End with one JSON object on standard output instead of a table");
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv) {
  CLI::App app(
      "Makes realistic spans through cero's public API, delivers them, and prints the ledger.",
      "cero-loadgen");
  app.footer(kUsageNotes);
  app.set_version_flag("--version", std::string(CERO_VERSION));
  LoadOptions options;
  Texts texts;
  double seconds = options.duration.count();
  declare_load_flags(app, options, texts, seconds);
  declare_delivery_flags(app, options, texts);
  try {
    app.parse(argc, argv);
    for (const std::string& url : texts.endpoints) check_path(url, is_grpc(texts));
  } catch (const CLI::ParseError& error) {
    std::ostringstream text;
    const bool asked = app.exit(error, text, text) == 0;  // --help and --version "fail" too
    return {.options = {},
            .exit_code = asked ? 0 : 2,
            .text = asked ? text.str() : "cero-loadgen: " + text.str()};
  }
  options.duration = std::chrono::duration<double>(seconds);
  apply(texts, options);
  return {.options = std::move(options), .exit_code = 0, .text = {}};
}

void prepare_environment(LoadOptions& options) {
  for (const std::string& variable : options.replaced_variables) ::unsetenv(variable.c_str());

  // Resource attributes given in code win over variables, so the default name must not be given
  // when one of those (or a flag) has a name.
  const auto text_of = [](const char* variable) {
    const char* text = std::getenv(variable);
    return std::string_view(text == nullptr ? "" : text);
  };
  for (const OwnedAttribute& attribute : options.provider.resource) {
    if (attribute.key == "service.name") return;
  }
  if (!text_of("OTEL_SERVICE_NAME").empty()) return;
  if (text_of("OTEL_RESOURCE_ATTRIBUTES").find("service.name=") != std::string_view::npos) return;
  options.provider.resource.push_back({"service.name", "cero-loadgen"});
}

}  // namespace cero::loadgen
