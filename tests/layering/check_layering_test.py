"""The layering check sees what it is for: each case is a small tree with one bad include, or with none."""

import pathlib
import tempfile
import unittest

import check_layering


def check_tree(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in {"core/CMakeLists.txt": "", **files}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return check_layering.check(root)


class LayeringTest(unittest.TestCase):
    def assert_fault(self, files, *parts):
        found = check_tree(files)
        self.assertEqual(len(found), 1, found)
        for part in parts:
            self.assertIn(part, found[0])

    def test_accepts_what_the_table_allows(self):
        self.assertEqual(
            [],
            check_tree(
                {
                    "core/CMakeLists.txt": "../include/cero/span.h",
                    "include/cero/span.h": '#include <cstdint>\n#include "cero/detail/wire.h"\n',
                    "core/batch/batch.cc": '#include <sys/mman.h>\n#include "cero/span.h"\n#include "ring/ring.h"\n',
                    "core/queue/tickets.cc": "#include <concurrentqueue.h>\n",
                    "core/otlp/reader.cc": '#include "otlp/trace.pb.h"\n',
                    "core/pipeline.cc": '#include "http/transport.h"\n#include "pipeline.h"\n#include "trace/span.h"\n',
                    "examples/shop/shop.cc": "#include <cero/cero.h>\n#include <sqlite3.h>\n",
                }
            ),
        )

    def test_lets_the_adapter_see_what_it_adapts(self):
        self.assertEqual(
            [],
            check_tree(
                {
                    "core/CMakeLists.txt": "../include/cero/span.h",
                    "cmake/otel.cmake": "${cero_otel_folder}/span.h",
                    "include/cero/span.h": "",
                    "include/cero/otel/span.h": '#include <opentelemetry/trace/span.h>\n#include "cero/span.h"\n',
                }
            ),
        )

    def test_refuses_the_adapter_and_what_it_adapts_elsewhere(self):
        self.assert_fault(
            {
                "core/CMakeLists.txt": "../include/cero/span.h",
                "include/cero/span.h": '#include "cero/otel/span.h"\n',
            },
            "does not know its adapter",
        )
        self.assert_fault(
            {
                "core/CMakeLists.txt": "../include/cero/span.h",
                "include/cero/span.h": "#include <opentelemetry/trace/span.h>\n",
            },
            "std only",
        )
        self.assert_fault(
            {"core/trace/span.cc": '#include "cero/otel/span.h"\n'}, "does not know its adapter"
        )

    def test_refuses_an_adapter_header_that_is_not_installed(self):
        self.assert_fault({"include/cero/otel/span.h": ""}, "cmake/otel.cmake")

    def test_refuses_an_include_against_the_pipeline(self):
        self.assert_fault(
            {"core/ring/ring.cc": '#include <atomic>\n#include "batch/batch.h"\n'},
            "core/ring/ring.cc:2",
            "batch/batch.h",
            "core/ring/ sees base, ring",
        )

    def test_refuses_the_pipeline_in_a_stage(self):
        self.assert_fault(
            {"core/ring/ring.cc": '#include "pipeline.h"\n'}, 'write "cero/..." or "<folder>/..."'
        )

    def test_refuses_a_third_party_outside_its_home(self):
        self.assert_fault(
            {"core/export/export.cc": "#include <curl/curl.h>\n"}, "only core/http/ includes it"
        )

    def test_refuses_a_third_party_in_the_pipeline_file(self):
        self.assert_fault(
            {"core/pipeline.cc": "#include <libdeflate.h>\n"}, "only core/compress/ includes it"
        )

    def test_refuses_generated_messages_outside_otlp(self):
        self.assert_fault(
            {"core/console/tree.cc": '#include "otlp/trace.pb.h"\n'}, "only core/otlp/ includes it"
        )

    def test_refuses_an_unknown_third_party(self):
        self.assert_fault(
            {"core/base/base.cc": "#include <absl/base/macros.h>\n"}, "a third party without a home"
        )

    def test_refuses_a_path_relative_to_the_file(self):
        self.assert_fault(
            {"core/ring/ring.cc": '#include "span_ring.h"\n'}, 'write "cero/..." or "<folder>/..."'
        )

    def test_refuses_a_folder_the_table_does_not_know(self):
        self.assert_fault({"core/utils/misc.cc": ""}, "core/utils/ is not in SEES")

    def test_refuses_core_in_a_public_header(self):
        self.assert_fault(
            {
                "core/CMakeLists.txt": "../include/cero/span.h",
                "include/cero/span.h": '#include "ring/ring.h"\n',
            },
            "public headers see public headers only",
        )

    def test_refuses_the_system_in_a_public_header(self):
        self.assert_fault(
            {
                "core/CMakeLists.txt": "../include/cero/span.h",
                "include/cero/span.h": "#include <unistd.h>\n",
            },
            "public headers see std only",
        )

    def test_refuses_a_public_header_that_is_not_installed(self):
        self.assert_fault({"include/cero/span.h": ""}, "include/cero/span.h", "not installed")

    def test_refuses_core_in_an_example(self):
        self.assert_fault(
            {"examples/shop/shop.cc": '#include "ring/ring.h"\n'}, "examples show the public API"
        )


if __name__ == "__main__":
    unittest.main()
