# Concurrentqueue::Concurrentqueue. Before 1.0.4 moodycamel's queue ships no CMake package, and its header has moved since:
# this finds the folder that holds it. Needed to build cero only, so this file is not installed.
find_path(Concurrentqueue_INCLUDE_DIR concurrentqueue.h
  PATH_SUFFIXES concurrentqueue/moodycamel concurrentqueue moodycamel)
mark_as_advanced(Concurrentqueue_INCLUDE_DIR)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Concurrentqueue REQUIRED_VARS Concurrentqueue_INCLUDE_DIR)

if(Concurrentqueue_FOUND AND NOT TARGET Concurrentqueue::Concurrentqueue)
  add_library(Concurrentqueue::Concurrentqueue INTERFACE IMPORTED)
  set_target_properties(Concurrentqueue::Concurrentqueue PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES ${Concurrentqueue_INCLUDE_DIR})
endif()
