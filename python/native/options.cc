#include "options.h"

#include <string_view>
#include <unordered_map>
#include <utility>

#include "log_relay.h"
#include "option_values.h"

namespace cero::python {
namespace {

using namespace nb::literals;

// What sets an option.
using Set = void (*)(Options& options, const std::string& name, nb::handle value);

// Most are of a type alone; each of these reads one into the field that `field` finds.
template <auto field>
void seconds(Options& options, const std::string& name, nb::handle value) {
  field(options) = read_seconds(name, value);
}
template <auto field>
void text(Options& options, const std::string& name, nb::handle value) {
  field(options) = read_text(name, value);
}
template <typename Number, auto field>
void number(Options& options, const std::string& name, nb::handle value) {
  field(options) = read_number<Number>(name, value);
}
template <auto member>
constexpr auto exporter = [](Options& options) -> auto& {
  return options.exporter.*member;
};
template <auto member>
constexpr auto batch = [](Options& options) -> auto& {
  return options.batch.*member;
};
template <auto member>
constexpr auto limits = [](Options& options) -> auto& {
  return options.limits.*member;
};
template <auto member>
constexpr auto itself = [](Options& options) -> auto& {
  return options.*member;
};

void set_compression(Options& options, const std::string& name, nb::handle value) {
  options.exporter.compression = read_choice<Compression>(
      name, value,
      {{"none", Compression::none}, {"gzip", Compression::gzip}, {"zstd", Compression::zstd}});
}

void set_protocol(Options& options, const std::string& name, nb::handle value) {
  options.exporter.protocol = read_choice<Protocol>(
      name, value, {{"http/protobuf", Protocol::http_protobuf}, {"grpc", Protocol::grpc}});
}

void set_http_version(Options& options, const std::string& name, nb::handle value) {
  options.exporter.http_version = read_choice<HttpVersion>(name, value,
                                                           {{"automatic", HttpVersion::automatic},
                                                            {"http1", HttpVersion::http1},
                                                            {"http2", HttpVersion::http2},
                                                            {"h2c", HttpVersion::h2c}});
}

void set_console(Options& options, const std::string&, nb::handle color) {
  Console console;
  if (!color.is_none()) console.color = PyObject_IsTrue(color.ptr()) == 1;
  options.exporter = console;
}

const std::unordered_map<std::string, Set>& setters() {
  static const auto* const table = new std::unordered_map<std::string, Set>{
      {"resource", [](Options& options, const std::string&,
                      nb::handle value) { options.resource = read_resource(value); }},
      {"resource_schema_url", text<itself<&Options::resource_schema_url>>},
      {"console", set_console},
      {"endpoint", text<exporter<&Exporter::endpoint>>},
      {"protocol", set_protocol},
      {"headers", [](Options& options, const std::string& name,
                     nb::handle value) { options.exporter.headers = read_headers(name, value); }},
      {"compression", set_compression},
      {"compression_level", number<int, exporter<&Exporter::compression_level>>},
      {"http_version", set_http_version},
      {"timeout", seconds<exporter<&Exporter::timeout>>},
      {"ca_certificate_file", text<exporter<&Exporter::ca_certificate_file>>},
      {"client_certificate_file", text<exporter<&Exporter::client_certificate_file>>},
      {"client_key_file", text<exporter<&Exporter::client_key_file>>},
      {"retry_delay_initial", seconds<exporter<&Exporter::retry_delay_initial>>},
      {"retry_delay_max", seconds<exporter<&Exporter::retry_delay_max>>},
      {"retry_time_max", seconds<exporter<&Exporter::retry_time_max>>},
      {"requests_in_flight_max", number<uint32_t, exporter<&Exporter::requests_in_flight_max>>},
      {"connection_age_max",
       [](Options& options, const std::string& name, nb::handle value) {
         options.exporter.connection_age_max =
             std::chrono::duration_cast<std::chrono::seconds>(read_seconds(name, value));
       }},
      {"http2_window_bytes", number<uint32_t, exporter<&Exporter::http2_window_bytes>>},
      {"retry_bytes_max", number<uint64_t, exporter<&Exporter::retry_bytes_max>>},
      {"response_bytes_max", number<uint64_t, exporter<&Exporter::response_bytes_max>>},
      {"sampler",
       [](Options& options, const std::string& name, nb::handle value) {
         if (!nb::isinstance<Sampler>(value)) throw_wrong_type(name, "a cero.Sampler", value);
         options.sampler = nb::cast<const Sampler&>(value);
       }},
      {"attributes_max", number<uint32_t, limits<&SpanLimits::attributes_max>>},
      {"events_max", number<uint32_t, limits<&SpanLimits::events_max>>},
      {"links_max", number<uint32_t, limits<&SpanLimits::links_max>>},
      {"attributes_per_event_max", number<uint32_t, limits<&SpanLimits::attributes_per_event_max>>},
      {"attributes_per_link_max", number<uint32_t, limits<&SpanLimits::attributes_per_link_max>>},
      {"attribute_value_length_max",
       number<uint32_t, limits<&SpanLimits::attribute_value_length_max>>},
      {"batch_delay_max", seconds<batch<&BatchOptions::delay_max>>},
      {"batch_spans_max", number<uint32_t, batch<&BatchOptions::spans_max>>},
      {"batch_bytes_max", number<uint32_t, batch<&BatchOptions::bytes_max>>},
      {"queue_spans_max", number<uint32_t, batch<&BatchOptions::queue_spans_max>>},
      {"shutdown_timeout", seconds<itself<&Options::shutdown_timeout>>},
      {"span_bytes_max", number<uint32_t, itself<&Options::span_bytes_max>>},
      {"ring_bytes", number<uint32_t, itself<&Options::ring_bytes>>},
      {"rings_bytes_max", number<uint64_t, itself<&Options::rings_bytes_max>>},
      {"open_spans_bytes_max", number<uint64_t, itself<&Options::open_spans_bytes_max>>},
  };
  return *table;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

}  // namespace

Options read_options(nb::dict arguments) {
  Options options;
  options.log_handler = [](Severity severity, std::string_view message) {
    LogRelay::instance().push(severity, message);
  };
  for (const auto [key, value] : arguments) {
    const std::string name = read_text("an option's name", key);
    const auto setter = setters().find(name);
    if (setter == setters().end()) throw nb::type_error(("unknown option '" + name + "'").c_str());
    setter->second(options, name, value);
  }
  return options;
}

std::string by_python_names(std::string message) {
  for (const std::string_view prefix : {"exporter.", "limits."}) replace_all(message, prefix, "");
  replace_all(message, "http_protobuf", "http/protobuf");
  replace_all(message, "batch.", "batch_");
  replace_all(message, "batch_queue_spans_max", "queue_spans_max");
  return message;
}

void bind_sampler(nb::module_& module) {
  nb::class_<Sampler>(module, "Sampler", nb::is_final(),
                      "Decides at its start whether a span is recorded.")
      .def_static("always_on", &Sampler::always_on)
      .def_static("always_off", &Sampler::always_off)
      .def_static("trace_id_ratio", &Sampler::trace_id_ratio, "ratio"_a,
                  "This share of all traces, in [0, 1]; for root spans, inside parent_based.")
      .def_static(
          "parent_based", [](const Sampler& root) { return Sampler::parent_based(root); }, "root"_a,
          "Children follow their parent, roots the given sampler.")
      .def_prop_ro("description", [](const Sampler& self) {
        return nb::str(self.description().data(), self.description().size());
      });
}

}  // namespace cero::python
