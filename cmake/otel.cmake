# cero::otel: cero behind the API of opentelemetry-cpp, header-only. Nothing of cero itself knows of it.
set(cero_otel_folder ${PROJECT_SOURCE_DIR}/include/cero/otel)
add_library(cero_otel INTERFACE)
add_library(cero::otel ALIAS cero_otel)
target_sources(cero_otel INTERFACE FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES
  ${cero_otel_folder}/guest.h
  ${cero_otel_folder}/owned_attributes.h
  ${cero_otel_folder}/parent.h
  ${cero_otel_folder}/propagation.h
  ${cero_otel_folder}/recordable.h
  ${cero_otel_folder}/scope_table.h
  ${cero_otel_folder}/span.h
  ${cero_otel_folder}/span_context.h
  ${cero_otel_folder}/span_processor.h
  ${cero_otel_folder}/tracer.h
  ${cero_otel_folder}/tracer_provider.h
  ${cero_otel_folder}/values.h)
target_link_libraries(cero_otel INTERFACE cero opentelemetry-cpp::api)
set_target_properties(cero_otel PROPERTIES EXPORT_NAME otel VERIFY_INTERFACE_HEADER_SETS ON)

# For folders whose code includes the API's headers: these use std::regex, in which gcc sees uninitialised members when a
# sanitizer changes its code.
macro(cero_otel_warnings)
  if(CERO_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
endmacro()
