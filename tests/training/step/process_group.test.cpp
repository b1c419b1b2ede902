// SPDX-License-Identifier: MIT
#include <nn/training/step/process_group.hpp>

#include <new>

#include "../../catch.hpp"
#include "../../distributed/thread_group.hpp"

namespace {

TEST_CASE("without a group there is one process, which waits for no other", "[process_group]") {
  const nn::Processes alone;
  CHECK(alone.rank() == 0);
  CHECK(alone.size() == 1);
  CHECK(alone.agree(7) == 7);
  CHECK(alone.is_same(3));
  CHECK(alone.together([] { return 5; }) == 5);
}

TEST_CASE("processes agree on the largest number, and see whether all have the same", "[process_group]") {
  std::vector<std::int64_t> largest(3);
  std::vector<int> same(3), other(3);
  test::on_processes(3, [&](nn::ProcessGroup& group) {
    const nn::Processes all(group);
    const auto rank = static_cast<std::size_t>(all.rank());
    largest[rank] = all.agree(10 - all.rank());
    same[rank] = all.is_same(0xfedcba9876543210u);
    other[rank] = all.is_same(all.rank() == 1 ? 4 : 5);
  });
  CHECK(largest == std::vector<std::int64_t>{10, 10, 10});
  CHECK(same == std::vector<int>{1, 1, 1});
  CHECK(other == std::vector<int>{0, 0, 0});
}

TEST_CASE("what one process throws, all throw: the type and the sentence", "[process_group]") {
  std::vector<int> types(3);
  const auto sentences = test::on_processes(3, [&](nn::ProcessGroup& group) {
    try {
      nn::Processes(group).together([&] {
        if (group.rank() == 1) throw nn::load_error("the disk of process 1 is full");
        group.agree(0);
        FAIL("a process went on though another had failed");
      });
    } catch (const nn::load_error&) {
      types[static_cast<std::size_t>(group.rank())] = 1;
      throw;
    }
  });
  CHECK(types == std::vector<int>{1, 1, 1});
  CHECK(sentences == std::vector<std::string>(3, "the disk of process 1 is full"));
}

TEST_CASE("a process that fails at the very end is heard by those that have nothing left to do", "[process_group]") {
  const auto sentences = test::on_processes(2, [](nn::ProcessGroup& group) {
    nn::Processes(group).together([&] {
      if (group.rank() == 1) throw nn::shape_error("late");
      return 3;
    });
  });
  CHECK(sentences == std::vector<std::string>(2, "late"));
}

TEST_CASE("where several processes fail at once, the sentence of the lowest rank is thrown, also from within",
          "[process_group]") {
  const auto sentences = test::on_processes(3, [](nn::ProcessGroup& group) {
    const nn::Processes all(group);
    all.together([&] {
      all.together([&] {
        if (group.rank() == 1) throw nn::data_error("one");
        if (group.rank() == 2) throw std::bad_alloc();
        group.agree(0);
      });
      group.agree(0);
    });
  });
  CHECK(sentences == std::vector<std::string>(3, "one"));
}

TEST_CASE("after a failure that the program has caught, processes work together again", "[process_group]") {
  std::vector<std::int64_t> after(2);
  const auto sentences = test::on_processes(2, [&](nn::ProcessGroup& group) {
    const nn::Processes all(group);
    for (int turn = 0; turn < 2; ++turn) {
      try {
        all.together([&] {
          if (group.rank() == turn) throw nn::data_error("turn ", turn);
          group.agree(0);
        });
      } catch (const nn::data_error&) {
      }
    }
    after[static_cast<std::size_t>(group.rank())] = all.agree(group.rank() + 1);
  });
  CHECK(sentences == std::vector<std::string>(2));
  CHECK(after == std::vector<std::int64_t>{2, 2});
}

}  // namespace
