// SPDX-License-Identifier: MIT
#include <nn/data/open_floats.hpp>

#include <nn/training.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "../catch.hpp"
#include "idx_files.hpp"

using Catch::Matchers::Message;

namespace {

std::string little_endian_floats(const std::vector<float>& numbers) {
  std::string bytes;
  for (const float number : numbers)
    for (int shift = 0; shift < 32; shift += 8)
      bytes += static_cast<char>(nn::bit_cast<std::uint32_t>(number) >> shift & 0xFF);
  return bytes;
}

// Two inputs, and which one is larger.
std::string floats_to_compare(nn::Index count) {
  nn::Random random(2);
  std::vector<float> numbers;
  for (nn::Index i = 0; i < count; ++i) {
    const float a = static_cast<float>(random.normal()), b = static_cast<float>(random.normal());
    numbers.insert(numbers.end(), {a, b, a < b ? 1.F : 0.F});
  }
  return little_endian_floats(numbers);
}

}  // namespace

TEST_CASE("A file of floats has inputs and targets of each sample, or its label") {
  const test::IdxFolder folder;
  folder.write("floats", "12345678" + little_endian_floats({1, 2, 0, -0.5F, 1e-30F, 2}));
  const std::vector<nn::Index> both{1, 0};
  const nn::LazyDataset labels = nn::open_floats(folder / "floats", {.shape = nn::Shape(2), .classes = 3, .header = 8});
  CHECK(labels.size() == 2);
  CHECK(labels.class_count() == 3);
  CHECK(labels.select(both) == nn::Dataset(nn::Matrix<float>{{-0.5F, 1}, {1e-30F, 2}}, std::vector<int>{2, 0}, 3));
  const nn::LazyDataset targets =
      nn::open_floats(folder / "floats", {.shape = nn::Shape(1), .targets = 2, .header = 8});
  CHECK(targets.select(both) == nn::Dataset(nn::Matrix<float>{{-0.5F, 1}}, nn::Matrix<float>{{1e-30F, 2}, {2, 0}}));
  folder.write("image", little_endian_floats({1, 2, 3, 4, 5, 6, 7}));
  CHECK(nn::open_floats(folder / "image", {.shape = nn::Shape(1, 2, 3), .targets = 1}).sample_shape() ==
        nn::Shape(1, 2, 3));
}

TEST_CASE("What is wrong with a file of floats is said with sample and number") {
  const test::IdxFolder folder;
  const std::string path = folder / "floats", name = "open_floats: \"" + path + "\"";
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto says = [&](const std::string& bytes, const nn::FloatFile& is, const std::string& sentence) {
    folder.write("floats", bytes);
    CHECK_THROWS_MATCHES(nn::open_floats(path, is).select(std::vector<nn::Index>{1}), nn::load_error,
                         Message(name + sentence));
  };
  says(little_endian_floats({1, 2, 3, 4}), {.shape = nn::Shape(2), .targets = 1},
       " has 16 bytes after a header of 0, which are not whole samples of 3 floats, 12 bytes each; check the shape and "
       "the targets");
  says("", {.shape = nn::Shape(2), .targets = 1, .header = 4},
       " has 0 bytes after a header of 4, which are not whole samples of 3 floats, 12 bytes each; check the shape and "
       "the targets");
  says(little_endian_floats({1, 2, 3, nan}), {.shape = nn::Shape(1), .targets = 1},
       ", sample 1: number 1 is nan; replace it by a finite number, or check the shape and the header");
  for (const float label : {2.F, -1.F, 0.5F, 1e30F})
    CHECK_THROWS_AS((folder.write("floats", little_endian_floats({1, 0, 2, label})),
                     nn::open_floats(path, {.shape = nn::Shape(1), .classes = 2}).select(std::vector<nn::Index>{1})),
                    nn::load_error);
  says(little_endian_floats({1, 0, 2, 2}), {.shape = nn::Shape(1), .classes = 2},
       ", sample 1: number 1 is 2, but the label must be a whole number from 0 to 1; check the shape and the classes");
  CHECK_THROWS_AS(nn::open_floats(path, {.targets = 1}), nn::data_error);
  CHECK_THROWS_AS(nn::open_floats(path, {.shape = nn::Shape(1)}), nn::data_error);
  CHECK_THROWS_AS(nn::open_floats(path, {.shape = nn::Shape(1), .targets = 1, .classes = 2}), nn::data_error);
  CHECK_THROWS_AS(nn::open_floats(path, {.shape = nn::Shape(1), .targets = -1}), nn::data_error);
}

TEST_CASE("A network learns from a file ten times as large as the window") {
  const test::IdxFolder folder;
  folder.write("floats", floats_to_compare(5000));
  nn::Network<nn::Input<2>, nn::Dense<4>, nn::Tanh, nn::Dense<2>, nn::Softmax> network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{.learning_rate = 0.02}};
  const nn::LazyDataset data =
      nn::open_floats(folder / "floats", {.shape = nn::Shape(2), .classes = 2, .options = {.window = 500, .run = 10}});
  trainer.fit(data, {.batch_size = 25});
  const nn::Evaluation result = nn::evaluate(network, nn::CrossEntropy{}, data);
  CHECK(result.samples == 5000);
  CHECK(result.accuracy > 0.95);
}

TEST_CASE("A file that changes within an epoch ends the training by one exception") {
  const test::IdxFolder folder;
  folder.write("floats", floats_to_compare(400));
  nn::Network<nn::Input<2>, nn::Dense<2>, nn::Softmax> network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{}};
  const nn::LazyDataset data =
      nn::open_floats(folder / "floats", {.shape = nn::Shape(2), .classes = 2, .options = {.window = 40, .run = 10}});
  nn::Vector<float> last;
  const auto cut = [&](nn::Progress& progress) {
    last = network.parameters();
    // In one step, since a thread reads ahead.
    if (progress.batch == 9) std::filesystem::resize_file(folder / "floats", 4788);
  };
  CHECK_THROWS_MATCHES(trainer.fit(data, {.batch_size = 20, .on_batch = cut}), nn::load_error,
                       Message("open_floats: \"" + (folder / "floats") +
                               "\" has 4788 bytes, but had 4800 when it was opened; let a file that is being read stay "
                               "as it is"));
  CHECK(trainer.step_count() >= 9);
  CHECK(trainer.step_count() <= 12);  // with the window that had been read
  CHECK(network.parameters() == last);
}
