#include "demo/options.h"

#include <CLI/CLI.hpp>

namespace shop::demo {
namespace {

constexpr const char* kNotes =
    "Exit status: 0 when every recorded span was exported, the receiver holds exactly those, and "
    "the protocol\n"
    "was the expected one; 1 when not; 2 for a wrong option; 130 after Ctrl-C.\n\n"
    "A backend of your own, for example Mackerel:\n"
    "  OTEL_EXPORTER_OTLP_HEADERS='Mackerel-Api-Key=<key>,Accept=*/*' \\\n"
    "    shop-demo --endpoint https://otlp-vaxila.mackerelio.com/v1/traces";

std::string check_endpoint(const std::string& url) {
  const size_t scheme_end = url.find("://");
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    return "'" + url +
           "' has no scheme http or https; write a whole URL such as "
           "http://localhost:4318/v1/traces";
  }
  if (url.find('/', scheme_end + 3) == std::string::npos) {
    return "'" + url + "' has no path, and the URL is used as it stands; did you mean " + url +
           "/v1/traces ?";
  }
  return "";
}

}  // namespace

std::optional<DemoOptions> parse_options(int argc, char** argv, int& exit_code) {
  CLI::App app(
      "Two services of an online shop, traced with cero: real HTTP requests through gateway and "
      "inventory, their spans\n"
      "over https, gzipped, to a receiver on this machine; ends with a trace, the ledger and what "
      "it all cost.",
      "shop-demo");
  app.footer(kNotes);
  DemoOptions options;
  double seconds = options.duration.count();
  std::string http = "2";
  app.add_option("--seconds", seconds, "How long requests are made")
      ->type_name("S")
      ->check(CLI::Range(0.1, 86'400.0))
      ->capture_default_str();
  app.add_option("--clients", options.clients, "Customers at a time")
      ->type_name("N")
      ->check(CLI::Range(1, 12))
      ->capture_default_str();
  app.add_option("--http", http, "HTTP version that spans are sent with")
      ->check(CLI::IsMember({"2", "1.1"}))
      ->capture_default_str();
  app.add_option("--endpoint", options.endpoint,
                 "Send the spans to this traces URL instead, with the headers of "
                 "OTEL_EXPORTER_OTLP_HEADERS")
      ->type_name("URL")
      ->check(CLI::Validator(check_endpoint, ""));
  app.add_option("--json", options.json_file, "Write the figures to this file too")
      ->type_name("FILE");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  }
  options.duration = std::chrono::duration<double>(seconds);
  options.http1 = http == "1.1";
  return options;
}

}  // namespace shop::demo
