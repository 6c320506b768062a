#include "start_line.h"

#include <variant>

#include "base/secrets.h"
#include "cero/version.h"
#include "http/transport_check.h"

namespace cero::core {
namespace {

std::string service_name(const Resource& resource) {
  for (const OwnedAttribute& attribute : resource.attributes) {
    const auto* text = std::get_if<std::string>(&attribute.value.variant());
    if (attribute.key == "service.name" && text != nullptr) return *text;
  }
  return "";
}

template <EnumOption T>
std::string word_of(T value) {
  for (const OptionWord<T>& word : OptionWords<T>::kWords) {
    if (word.value == value) return std::string(word.text);
  }
  return "";
}

std::string names_of(const std::vector<Header>& headers) {
  std::string names;
  for (const Header& header : headers)
    names.append(names.empty() ? " with the headers " : ", ").append(header.name());
  return names;
}

std::string ways(const ValidOptions& options) {
  const std::string_view variable = options.wording().variable_of("exporter.endpoint");
  std::string text;
  for (const Exporter& endpoint : options.endpoints()) {
    text.append(text.empty() ? "" : " and ").append(without_secrets(endpoint.endpoint));
    if (&endpoint == &options.endpoints().front() && !variable.empty())
      text.append(" (").append(variable).append(")");
    text += names_of(endpoint.headers);
  }
  const Exporter& exporter = options->exporter;
  text += ", protocol " + word_of(exporter.protocol) + " over HTTP version " +
          word_of(exporter.http_version) + ", compression " + word_of(exporter.compression);
  if (exporter.compression_level)
    text += " at level " + std::to_string(*exporter.compression_level);
  return text;
}

}  // namespace

std::string start_line(const ValidOptions& options, const Resource& resource) {
  const bool console = options->exporter.kind == ExporterKind::console;
  return "cero " CERO_VERSION " sends spans to " +
         (console ? std::string("the console") : ways(options)) + ", sampler " +
         options->sampler.description() + ", service.name " + in_quotes(service_name(resource)) +
         ", " + libcurl_version();
}

}  // namespace cero::core
