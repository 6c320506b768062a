#include "demo/services.h"

#include <sys/auxv.h>
#include <unistd.h>

#include <filesystem>
#include <string_view>

namespace shop::demo {
namespace {

constexpr std::chrono::seconds kStartTimeout{30};
constexpr std::chrono::seconds kStopTimeout{30};

// Beside this program. The kernel tells its path without /proc, which a bare root may lack.
std::string program_path(const std::string& name) {
  const auto* self = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  return (std::filesystem::path(self == nullptr ? "." : self).parent_path() / name).string();
}

// With the demo's own receiver no OTEL_* variable of the user's gets through: neither headers nor
// samplers are meant for it. A backend of the user's own is described by them.
std::vector<std::string> environment_for(const Destination& destination) {
  const bool own_backend = destination.ca_file.empty();
  bool says_compression = false;
  std::vector<std::string> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    if (text.starts_with("OTEL_") && !own_backend) continue;
    if (text.starts_with("OTEL_TRACES_EXPORTER=")) continue;
    if (text.starts_with("OTEL_EXPORTER_OTLP_ENDPOINT=")) continue;
    if (text.starts_with("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=")) continue;
    says_compression |= text.starts_with("OTEL_EXPORTER_OTLP_COMPRESSION=");
    says_compression |= text.starts_with("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION=");
    environment.emplace_back(text);
  }
  environment.push_back("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=" + destination.url);
  if (!says_compression) environment.emplace_back("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION=gzip");
  if (!own_backend)
    environment.push_back("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE=" + destination.ca_file);
  return environment;
}

// HOST:PORT of the line "listening http://HOST:PORT".
std::string wait_for_address(ChildProcess& child, const std::string& name,
                             cero::loadgen::StopSignal& stop_signal) {
  constexpr std::string_view kPrefix = "listening http://";
  while (const auto line = child.read_line(kStartTimeout, stop_signal)) {
    if (line->starts_with(kPrefix)) return line->substr(kPrefix.size());
  }
  throw std::runtime_error(name + " did not start");
}

ServiceReport report_of(ChildProcess& child, const std::string& name,
                        cero::loadgen::StopSignal& stop_signal) {
  while (const auto line = child.read_line(kStopTimeout, stop_signal)) {
    if (auto report = parse_report(*line)) {
      child.wait(kStopTimeout);
      return *std::move(report);
    }
  }
  throw std::runtime_error(name + " ended without a report, exit status " +
                           std::to_string(child.wait(std::chrono::seconds(0))));
}

}  // namespace

Services::Services(const Destination& destination, const DemoOptions& options,
                   cero::loadgen::StopSignal& stop_signal)
    : stop_signal_(stop_signal) {
  const std::vector<std::string> environment = environment_for(destination);
  const std::string http = options.http1 ? "1.1" : "auto";
  inventory_ = std::make_unique<ChildProcess>(
      program_path("shop-inventory"),
      std::vector<std::string>{"--listen", "127.0.0.1:0", "--http", http}, environment);
  inventory_address_ = wait_for_address(*inventory_, "shop-inventory", stop_signal_);
  gateway_ = std::make_unique<ChildProcess>(
      program_path("shop-gateway"),
      std::vector<std::string>{"--listen", "127.0.0.1:0", "--http", http, "--inventory",
                               inventory_address_},
      environment);
  gateway_address_ = wait_for_address(*gateway_, "shop-gateway", stop_signal_);
}

int Services::gateway_port() const {
  return std::stoi(gateway_address_.substr(gateway_address_.rfind(':') + 1));
}

std::vector<ServiceReport> Services::stop() {
  // Both at once: nobody asks the shop for anything now, so the order does not matter.
  gateway_->terminate();
  inventory_->terminate();
  std::vector<ServiceReport> reports;
  reports.push_back(report_of(*gateway_, "shop-gateway", stop_signal_));
  reports.push_back(report_of(*inventory_, "shop-inventory", stop_signal_));
  return reports;
}

}  // namespace shop::demo
