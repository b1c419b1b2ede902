// SPDX-License-Identifier: MIT
#include <nn/training/step/process_agreement.hpp>

#include <limits>

#include "../../catch.hpp"
#include "../../distributed/thread_group.hpp"

using nn::Index;

TEST_CASE("processes that have everything alike go on, also with NaN, and one alone asks nobody",
          "[process_agreement]") {
  const auto agree = [](const nn::Processes& processes) {
    nn::ProcessAgreement all;
    all.add("epochs", Index(3));
    all.add("rate", std::numeric_limits<double>::quiet_NaN());
    all.add("shuffle", true);
    all.add("schedule", std::string("none"));
    all.add("random", nn::Random(4));
    all.add("factors", std::vector<double>{1, 0.5});
    all.require("fit", processes);
  };
  CHECK_NOTHROW(agree({}));
  CHECK(test::on_processes(3, [&](nn::ProcessGroup& group) { agree(group); }) == std::vector<std::string>(3));
}

TEST_CASE("all that is unlike is named on all processes, with what two of them have", "[process_agreement]") {
  const auto sentences = test::on_processes(3, [](nn::ProcessGroup& group) {
    const bool is_last = group.rank() == 2;
    nn::ProcessAgreement all;
    all.add("samples", Index(100));
    all.add("batch size", Index(group.rank() == 0 ? 4 : 8));
    all.add("shuffle", !is_last);
    all.add("schedule", is_last ? "CosineSchedule" : "one\nof the program's own");
    all.add("rate", is_last ? 0.1 : 0.1 + 0x1p-56);  // which reads the same
    all.require("fit", group);
  });
  CHECK(sentences ==
        std::vector<std::string>(
            3,
            "fit: the 3 processes do not begin with the same batch size (4 on process 0, 8 on process 1), shuffle (yes "
            "on process 0, no on process 2), schedule (one?of the program's own on process 0, CosineSchedule on "
            "process 2), rate (0.1 on process 0, 0.1 on process 2); give all of them the same data, options and "
            "network, or the same checkpoint"));
}

TEST_CASE("a process that fails before it is asked is heard by the others", "[process_agreement]") {
  const auto sentences = test::on_processes(2, [](nn::ProcessGroup& group) {
    nn::Processes(group).together([&] {
      if (group.rank() == 1) throw nn::load_error("no such file");
      nn::ProcessAgreement all;
      all.add("samples", Index(100));
      all.require("fit", group);
    });
  });
  CHECK(sentences == std::vector<std::string>(2, "no such file"));
}
