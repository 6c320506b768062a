#include "options.h"

#include <string_view>
#include <type_traits>

#include "config/option_table.h"
#include "log_relay.h"
#include "option_values.h"

namespace cero::python {
namespace {

using namespace nb::literals;
using core::OptionRow;

// The value of an option of this type, from Python's.
template <typename T>
T read(const std::string& name, nb::handle value, core::Range range) {
  if constexpr (std::is_same_v<T, std::chrono::milliseconds>) {
    return read_seconds(name, value);
  } else if constexpr (std::is_same_v<T, std::chrono::seconds>) {
    // Away from 0, which is no bound.
    const auto exact = read_seconds(name, value);
    return exact.count() < 0 ? std::chrono::floor<std::chrono::seconds>(exact)
                             : std::chrono::ceil<std::chrono::seconds>(exact);
  } else if constexpr (std::is_same_v<T, bool>) {
    return read_bool(name, value);
  } else if constexpr (std::is_integral_v<T>) {
    return read_number<T>(name, value, range);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return read_text(name, value);
  } else if constexpr (core::EnumOption<T>) {
    return read_word<T>(name, value);
  } else if constexpr (std::is_same_v<T, std::vector<OwnedAttribute>>) {
    return read_resource(value);
  } else if constexpr (std::is_same_v<T, std::vector<Header>>) {
    return read_headers(name, value);
  } else if constexpr (std::is_same_v<T, std::vector<Endpoint>>) {
    return read_endpoints(name, value);
  } else if constexpr (std::is_same_v<T, Sampler>) {
    if (!nb::isinstance<Sampler>(value)) throw_wrong_type(name, "a cero.Sampler", value);
    return nb::cast<const Sampler&>(value);
  } else {
    static_assert(std::is_same_v<T, ThreadStartHook>);
    return read_thread_start_hook(name, value);
  }
}

template <typename T>
void set(const std::string& name, nb::handle value, core::Range range, T& field) {
  if constexpr (requires { field.has_value(); }) {
    field = read<typename T::value_type>(name, value, range);
  } else {
    field = read<T>(name, value, range);
  }
}
void set(const std::string&, nb::handle, core::Range, LogHandler&) {}  // has no keyword

template <typename T>
nb::object default_of(const T& field) {
  if constexpr (requires { field.has_value(); }) {
    return field ? default_of(*field) : nb::none();
  } else if constexpr (requires { field.count(); }) {
    return nb::float_(std::chrono::duration<double>(field).count());
  } else if constexpr (std::is_arithmetic_v<T>) {
    return nb::cast(field);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return nb::str(field.c_str(), field.size());
  } else if constexpr (core::EnumOption<T>) {
    for (const auto& word : core::OptionWords<T>::kWords) {
      if (word.value == field) return nb::str(word.text.data(), word.text.size());
    }
    return nb::none();
  } else {
    return nb::none();
  }
}

nb::str text(std::string_view text) { return nb::str(text.data(), text.size()); }

// (keyword, default, sentence) of each option that has a keyword.
nb::list list_options() {
  Options defaults;
  nb::list list;
  for (const OptionRow& row : core::kOptions) {
    if (row.python.empty()) continue;
    const nb::object value =
        std::visit([](const auto* field) { return default_of(*field); }, row.field(defaults));
    list.append(nb::make_tuple(text(row.python), value, text(row.sentence)));
  }
  return list;
}

const OptionRow& find(const std::string& keyword) {
  for (const OptionRow& row : core::kOptions) {
    if (row.python == keyword && !keyword.empty()) return row;
  }
  throw nb::type_error(("unknown option '" + keyword + "'").c_str());
}

}  // namespace

Options read_options(nb::dict arguments) {
  Options options;
  options.log_handler = [](Severity severity, std::string_view message) {
    LogRelay::instance().push(severity, message);
  };
  // All that is wrong is told at once.
  std::string problems;
  int count = 0;
  bool any_type = false;
  for (const auto [key, value] : arguments) {
    const std::string name = read_text("an option's name", key);
    const OptionRow& row = find(name);
    try {
      std::visit([&](auto* field) { set(name, value, row.range, *field); }, row.field(options));
    } catch (const nb::builtin_exception& error) {
      any_type |= error.type() == nb::exception_type::type_error;
      problems.append(++count == 1 ? "" : "\n  ").append(error.what());
    }
  }
  if (count == 0) return options;
  if (count > 1) problems.insert(0, std::to_string(count) + " options are wrong:\n  ");
  if (any_type) throw nb::type_error(problems.c_str());
  throw nb::value_error(problems.c_str());
}

void bind_options(nb::module_& module) {
  module.def("options", &list_options);
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
