# cmake --install, and the two ways to find what it installed: find_package(cero CONFIG) and pkg-config cero.
include(CMakePackageConfigHelpers)
set(cero_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/cero)
set(cero_pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(TARGETS cero EXPORT cero-targets FILE_SET HEADERS)
install(EXPORT cero-targets NAMESPACE cero:: DESTINATION ${cero_cmake_dir})

if(TARGET cero_otel)
  install(TARGETS cero_otel EXPORT cero-otel-targets FILE_SET HEADERS)
  install(EXPORT cero-otel-targets NAMESPACE cero:: DESTINATION ${cero_cmake_dir})
endif()

# A shared libcero carries its dependencies; a program that links the static one must find them itself. pkg-config gets
# plain -l flags, since the .pc files of Debian's libraries demand, with --static, the static libraries of their own
# dependencies too, which nobody has.
set(cero_pkgconfig_dependencies "-lcurl -lprotobuf-lite -ldeflate -pthread")
set(cero_find_modules Libdeflate)  # packages that are found by a module of ours
if(Zstd_FOUND)
  string(APPEND cero_pkgconfig_dependencies " -lzstd")
  list(APPEND cero_find_modules Zstd)
endif()
if(Isal_FOUND)
  string(APPEND cero_pkgconfig_dependencies " -lisal")
  list(APPEND cero_find_modules Isal)
endif()
if(BUILD_SHARED_LIBS)
  set(cero_dependencies "")
  set(cero_pkgconfig_libs "-lcero\nLibs.private: ${cero_pkgconfig_dependencies}")
else()
  set(cero_dependencies [[
include(CMakeFindDependencyMacro)
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})
find_dependency(Threads)
find_dependency(CURL)
find_dependency(Protobuf)
foreach(cero_module @cero_find_modules_spaced@)
  find_dependency(${cero_module})
endforeach()
list(REMOVE_ITEM CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})
]])
  string(REPLACE ";" " " cero_find_modules_spaced "${cero_find_modules}")
  string(CONFIGURE "${cero_dependencies}" cero_dependencies @ONLY)
  set(cero_pkgconfig_libs "-lcero ${cero_pkgconfig_dependencies}")
  foreach(module ${cero_find_modules})
    install(FILES ${PROJECT_SOURCE_DIR}/cmake/Find${module}.cmake DESTINATION ${cero_cmake_dir})
  endforeach()
endif()

file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/cero-config.cmake @ONLY CONTENT [[
@cero_dependencies@
include(${CMAKE_CURRENT_LIST_DIR}/cero-targets.cmake)

# Components: otel. Asked for only, since it needs opentelemetry-cpp.
foreach(cero_component ${cero_FIND_COMPONENTS})
  set(cero_component_file ${CMAKE_CURRENT_LIST_DIR}/cero-${cero_component}-targets.cmake)
  if(EXISTS ${cero_component_file})
    include(CMakeFindDependencyMacro)
    find_dependency(opentelemetry-cpp)
    include(${cero_component_file})
    set(cero_${cero_component}_FOUND TRUE)
  elseif(cero_FIND_REQUIRED_${cero_component})
    set(cero_FOUND FALSE)
    set(cero_NOT_FOUND_MESSAGE
        "this cero was built without its component '${cero_component}': build it with -DCERO_OTEL=ON")
  endif()
endforeach()
]])
# Before 1.0 a minor version may break its users.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cero-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cero-config.cmake ${PROJECT_BINARY_DIR}/cero-config-version.cmake
        DESTINATION ${cero_cmake_dir})

# Paths are relative to the .pc file, so that an installed tree may be moved.
file(RELATIVE_PATH cero_pkgconfig_to_prefix /${cero_pkgconfig_dir} /)
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/cero.pc @ONLY CONTENT [[
prefix=${pcfiledir}/@cero_pkgconfig_to_prefix@
includedir=${prefix}/@CMAKE_INSTALL_INCLUDEDIR@
libdir=${prefix}/@CMAKE_INSTALL_LIBDIR@

Name: cero
Description: @PROJECT_DESCRIPTION@
Version: @PROJECT_VERSION@
Cflags: -I${includedir}
Libs: -L${libdir} @cero_pkgconfig_libs@
]])
install(FILES ${PROJECT_BINARY_DIR}/cero.pc DESTINATION ${cero_pkgconfig_dir})
