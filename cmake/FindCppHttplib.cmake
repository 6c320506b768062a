# CppHttplib::CppHttplib: cpp-httplib, by its .pc file, and OpenSSL: from 0.18 on its header calls that, and the .pc file
# names it for static linking alone.
find_package(PkgConfig REQUIRED)
find_package(OpenSSL)
pkg_check_modules(CPP_HTTPLIB QUIET IMPORTED_TARGET cpp-httplib)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CppHttplib
  REQUIRED_VARS CPP_HTTPLIB_FOUND OPENSSL_FOUND VERSION_VAR CPP_HTTPLIB_VERSION)

if(CppHttplib_FOUND AND NOT TARGET CppHttplib::CppHttplib)
  add_library(CppHttplib::CppHttplib INTERFACE IMPORTED)
  set_target_properties(CppHttplib::CppHttplib PROPERTIES
    INTERFACE_LINK_LIBRARIES "PkgConfig::CPP_HTTPLIB;OpenSSL::SSL")
endif()
