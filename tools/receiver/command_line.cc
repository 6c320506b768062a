#include "receiver/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <sstream>
#include <utility>
#include <vector>

namespace cero::receiver {
namespace {

constexpr const char* kDescription =
    "cero-receiver: takes OTLP traces, over HTTP on /v1/traces and over gRPC, counts or shows "
    "them.\n"
    "It prints \"listening URL\" for each listener once it is ready, and one JSON object with\n"
    "what it received when SIGINT or SIGTERM ends it.";

constexpr const char* kFooter =
    "Examples:\n"
    "  cero-receiver --count\n"
    "  cero-receiver --listen 127.0.0.1:0 --tls-listen localhost:4443 --write-ca ca.pem --json\n"
    "  echo '5 times: status 503' | cero-receiver --count --fault -";

std::string check_address(const std::string& text) {
  if (parse_listen_address(text)) return {};
  return "'" + text +
         "' is not HOST:PORT nor unix:/PATH; write for example 127.0.0.1:4318, [::1]:0 or "
         "unix:/tmp/otel.sock";
}

void add_listeners(ReceiverOptions& options, const std::vector<std::string>& addresses, bool tls) {
  for (const std::string& text : addresses) {
    ListenAddress address = *parse_listen_address(text);
    address.tls = tls;
    options.listeners.push_back(address);
  }
}

// The text of a file, or of standard input for "-".
std::string read_script(const std::string& file) {
  std::ostringstream text;
  if (file == "-") {
    text << std::cin.rdbuf();
  } else if (std::ifstream stream(file); !(text << stream.rdbuf())) {
    throw CLI::ValidationError("--fault", file +
                                              " cannot be read, or is empty; name a file with a "
                                              "fault script, or - for standard input");
  }
  return text.str();
}

FaultScript load_faults(const std::string& file) {
  Result<FaultScript> script = parse_fault_script(read_script(file));
  if (script) return *std::move(script);
  throw CLI::ValidationError("--fault", file + ":\n" + script.error().message());
}

// What no single option can check.
void check_together(const CLI::App& app, bool has_tls, const CommandLine& line) {
  const bool has_certificate = !line.receiver.certificate_file.empty();
  const bool has_client_ca = !line.receiver.client_ca_file.empty();
  if (!has_tls && (has_certificate || has_client_ca || !line.ca_file.empty())) {
    const std::string option = has_certificate ? "--cert"
                               : has_client_ca ? "--client-ca"
                                               : "--write-ca";
    throw CLI::ValidationError(option, "is for TLS; add --tls-listen HOST:PORT");
  }
  if (has_certificate && !line.ca_file.empty()) {
    throw CLI::ValidationError("--write-ca",
                               "there is no throwaway CA when --cert is given; leave one out");
  }
  if (app.remaining_size() > 0) throw CLI::ExtrasError(app.remaining());
}

}  // namespace

std::optional<CommandLine> parse_command_line(int argc, char** argv, int& exit_code) {
  CommandLine line;
  std::vector<std::string> plain;
  std::vector<std::string> tls;
  std::string fault_file;
  bool fault_help = false;
  bool no_unique = false;
  bool no_http2 = false;

  CLI::App app(kDescription, "cero-receiver");
  app.footer(kFooter);
  app.add_option(
         "--listen", plain,
         "Take HTTP/1.1 and h2c (gRPC too) here; may be repeated, port 0 is any free one, "
         "unix:/PATH a Unix socket (default 127.0.0.1:4318 when there is no listener at all)")
      ->type_name("HOST:PORT")
      ->check(check_address)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--tls-listen", tls, "The same over TLS, HTTP/2 and gRPC by ALPN; may be repeated")
      ->type_name("HOST:PORT")
      ->check(check_address)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  CLI::Option* cert =
      app.add_option("--cert", line.receiver.certificate_file,
                     "Certificate chain for --tls-listen, PEM (default: one for localhost, "
                     "127.0.0.1 and ::1 from a throwaway CA)")
          ->type_name("FILE");
  CLI::Option* key =
      app.add_option("--key", line.receiver.key_file, "Its private key, PEM")->type_name("FILE");
  app.add_option("--client-ca", line.receiver.client_ca_file,
                 "Take TLS clients only with a certificate of this CA, PEM")
      ->type_name("FILE");
  cert->needs(key);
  key->needs(cert);
  app.add_option("--write-ca", line.ca_file, "Write the throwaway CA's certificate here, PEM")
      ->type_name("FILE");
  CLI::Option* print =
      app.add_flag("--print", line.prints_trees, "Print each trace as a tree, for a person");
  app.add_flag("--json", line.prints_json, "Print each request as one line of OTLP/JSON")
      ->excludes(print);
  app.add_flag("--count", line.shows_counts, "Show a live line of counts on stderr");
  app.add_flag("--no-unique", no_unique,
               "Do not count distinct spans (saves up to 53 bytes of memory for each)");
  app.add_flag("--no-http2", no_http2, "Speak HTTP/1.1 alone");
  app.add_option("--fault", fault_file,
                 "Misbehave as the script in this file says, - for standard input; what it had "
                 "happen is in the final JSON object")
      ->type_name("FILE|-");
  app.add_flag("--fault-help", fault_help, "Describe the language of fault scripts");

  try {
    app.parse(argc, argv);
    if (fault_help) {
      std::cout << fault_script_help();
      exit_code = 0;
      return std::nullopt;
    }
    check_together(app, !tls.empty(), line);
    if (!fault_file.empty()) line.receiver.faults = load_faults(fault_file);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error);
    return std::nullopt;
  }
  line.receiver.count_unique = !no_unique;
  line.receiver.http2 = !no_http2;
  if (plain.empty() && tls.empty()) plain.push_back("127.0.0.1:4318");
  add_listeners(line.receiver, plain, false);
  add_listeners(line.receiver, tls, true);
  return line;
}

}  // namespace cero::receiver
