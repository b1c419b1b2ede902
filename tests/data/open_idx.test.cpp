// SPDX-License-Identifier: MIT
#include <nn/data/open_idx.hpp>

#include <nn/training.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "../catch.hpp"
#include "../memory_watch.hpp"
#include "idx_files.hpp"

using Catch::Matchers::Message;
using test::idx_text;

namespace {

struct IdxPair {
  test::IdxFolder folder;
  std::string images = folder / "images", labels = folder / "labels";

  IdxPair(const std::vector<std::uint32_t>& sizes, const std::string& pixels, const std::string& classes) {
    folder.write("images", idx_text(sizes, pixels));
    folder.write("labels", idx_text({static_cast<std::uint32_t>(classes.size())}, classes));
  }
};

}  // namespace

TEST_CASE("Images of IDX files are read when they are needed, and are those of a Dataset") {
  std::string pixels, classes;
  for (int i = 0; i < 5 * 6; ++i) pixels += static_cast<char>(8 * i);
  for (const int label : {1, 0, 3, 1, 0}) classes += static_cast<char>(label);
  const IdxPair files({5, 2, 3}, pixels, classes);
  const nn::LazyDataset data = nn::open_idx(files.images, files.labels);
  const std::vector<std::uint8_t> bytes(pixels.begin(), pixels.end());
  const nn::Dataset whole(nn::Shape(2, 3, 1), bytes, {1, 0, 3, 1, 0});
  CHECK(data.size() == 5);
  CHECK(data.sample_shape() == nn::Shape(2, 3, 1));
  CHECK(data.class_count() == 4);
  CHECK(data.read_all() == whole);
  CHECK(data.select(std::vector<nn::Index>{4, 2, 2}) == whole.select(std::vector<nn::Index>{4, 2, 2}));
  CHECK(nn::open_idx(files.images, files.labels, 7).class_count() == 7);

  const IdxPair colours({2, 1, 2, 3}, std::string(12, 'x'), {0, 1}), features({2, 6}, std::string(12, 'x'), {0, 1});
  CHECK(nn::open_idx(colours.images, colours.labels).sample_shape() == nn::Shape(1, 2, 3));
  CHECK(nn::open_idx(features.images, features.labels).sample_shape() == nn::Shape(6));
}

TEST_CASE("IDX files that do not belong together are refused with both numbers") {
  const IdxPair files({2, 2, 2}, std::string(8, 'x'), {0, 1});
  const std::string images = "\"" + files.images + "\"", labels = "\"" + files.labels + "\"";
  const auto says = [&](const std::string& sentence) {
    CHECK_THROWS_MATCHES(nn::open_idx(files.images, files.labels), nn::load_error, Message(sentence));
  };
  CHECK_THROWS_MATCHES(nn::open_idx(files.images, files.labels, 1), nn::load_error,
                       Message("open_idx: " + labels +
                               " has the label 1, but 1 classes have the labels 0 to 0; give "
                               "the right number of classes"));
  files.folder.write("labels", idx_text({3}, std::string(3, '\0')));
  says("open_idx: " + images + " has 2 samples, but " + labels + " has 3 labels; get both files again");
  files.folder.write("labels", idx_text({2, 1}, std::string(2, '\0')));
  says("open_idx: " + labels + " has 2 dimensions, but labels have 1; is it the file of the images?");
  files.folder.write("images", idx_text({2, 2, 2}, std::string(7, 'x')));
  says("open_idx: " + images + " has 23 bytes, but its sizes promise 24; get the file again");
  files.folder.write("images", idx_text({2, 2, 2}, std::string(9, 'x')));
  says("open_idx: " + images + " has 25 bytes, but its sizes promise 24; get the file again");
  files.folder.write("images", "no such file");
  says("read_idx: " + images + " is no IDX file: its bytes 0 and 1 are 110 and 111 instead of 0 and 0");
  files.folder.remove("images");
  says("open_idx: " + images + " cannot be opened: No such file or directory; check the path");
}

TEST_CASE("Training on images ten times as large as the window takes the memory of two windows") {
  const nn::Index size = 5000, window = 500, pixels = 28 * 28;
  std::string text, classes;
  for (nn::Index i = 0; i < size; ++i) {
    const bool is_bright = i % 3 == 0;
    classes += static_cast<char>(is_bright);
    text.append(static_cast<std::size_t>(pixels), static_cast<char>(is_bright ? 255 : i % 100));
  }
  const IdxPair files({5000, 28, 28}, text, classes);
  nn::Network<nn::Input<28, 28, 1>, nn::Flatten, nn::Dense<2>, nn::Softmax> network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{.learning_rate = 0.01}};
  const auto bytes = static_cast<std::size_t>(window * pixels);
  const test::MemoryWatch watch;
  const nn::LazyDataset data = nn::open_idx(files.images, files.labels, 2, {.window = window});
  trainer.fit(data, {.batch_size = 10});
  const nn::LazyDataset last = data.subset(4000, 1000);
  CHECK(nn::evaluate(network, nn::CrossEntropy{}, last, {.batch_size = 5}).accuracy > 0.95);
  CHECK(text.size() == 10 * bytes);
  if (!test::MemoryWatch::works()) return;
  CHECK(watch.peak() > 2 * bytes);
  CHECK(watch.peak() < 2 * bytes + 350'000);  // the order, batches and a file's buffer; three windows would be more
}
