// SPDX-License-Identifier: MIT
#include <nn/data/open_images.hpp>

#include <nn/training.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "../catch.hpp"
#include "idx_files.hpp"

using Catch::Matchers::Message;

namespace {

void write_grey(const test::IdxFolder& folder, const std::string& name, char brightness) {
  std::filesystem::create_directories(std::filesystem::path(folder / name).parent_path());
  folder.write(name, "P5 2 2 255\n" + std::string(4, brightness));
}

}  // namespace

TEST_CASE("A folder of images has a class for each sub-folder, sorted by name, and its files sorted too") {
  const test::IdxFolder folder;
  for (const char* name : {"dog/b.pgm", "cat/2.pgm", "cat/10.pgm", "dog/a.pgm", "ant/x.pgm"})
    write_grey(folder, name, name[4]);
  folder.write(".hidden", "");
  folder.write("dog/.hidden", "");
  const nn::ImageFolder images = nn::open_images(folder.path());
  CHECK(images.classes == std::vector<std::string>{"ant", "cat", "dog"});
  CHECK(images.paths == std::vector<std::string>{folder / "ant/x.pgm", folder / "cat/10.pgm", folder / "cat/2.pgm",
                                                 folder / "dog/a.pgm", folder / "dog/b.pgm"});
  CHECK(images.data.size() == 5);
  CHECK(images.data.sample_shape() == nn::Shape(2, 2, 1));
  const nn::Dataset some = images.data.select(std::vector<nn::Index>{4, 0, 1});
  CHECK(some == nn::Dataset(nn::Shape(2, 2, 1),
                            std::vector<std::uint8_t>{'b', 'b', 'b', 'b', 'x', 'x', 'x', 'x', '1', '1', '1', '1'},
                            {2, 0, 1}, 3));

  const nn::ImageFolder own = nn::open_images(folder.path(), [](const std::string& path) {
    return nn::Image{nn::Shape(1), {static_cast<std::uint8_t>(path.size() % 256)}};
  });
  CHECK(own.data.sample_shape() == nn::Shape(1));

  nn::Network<nn::Input<2, 2, 1>, nn::Flatten, nn::Dense<3>, nn::Softmax> network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{}};
  CHECK(trainer.fit(images.data, {.epochs = 2, .batch_size = 2}).epochs.size() == 2);
}

TEST_CASE("Images and folders that do not fit are named") {
  const test::IdxFolder folder;
  const auto says = [&](const std::string& sentence) {
    const auto read = [&] {
      const nn::ImageFolder images = nn::open_images(folder.path());
      static_cast<void>(images.data.select(std::vector<nn::Index>{1}));
    };
    CHECK_THROWS_MATCHES(read(), nn::load_error, Message(sentence));
  };
  says("open_images: the folder \"" + folder.path() + "\" has no folders; make one for each class");
  write_grey(folder, "a/1.pgm", 'x');
  folder.write("a/2.pgm", "P5 1 1 255\nx");
  says("open_images: \"" + (folder / "a/2.pgm") + "\" is an image of 1 with 1 bytes, but \"" + (folder / "a/1.pgm") +
       "\" is one of 2x2x1; let the reader make all of one size");
  folder.write("a/2.pgm", "P5 2 2 255\nxx");
  says("read_pnm: \"" + (folder / "a/2.pgm") +
       "\" ends too early: an image of 2x2x1 takes 4 bytes from byte 11 on, but it "
       "has 2; get it again");
  folder.write("b", "");
  says("open_images: \"" + (folder / "b") +
       "\" is no folder, but what is in the outer one are the classes; move it away");
  folder.remove("b");
  std::filesystem::create_directory(folder / "b");
  says("open_images: the folder \"" + (folder / "b") + "\", class 1 of 2, has no images; remove it, or add some");
  CHECK_THROWS_MATCHES(nn::open_images(folder / "c"), nn::load_error,
                       Message("open_images: the folder \"" + (folder / "c") +
                               "\" cannot be opened: No such file or directory; check the path"));
}
