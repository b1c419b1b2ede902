// SPDX-License-Identifier: MIT
#include <nn/data/mnist.hpp>

#include <cstdlib>
#include <string>

#include "../catch.hpp"
#include "../left_out.hpp"
#include "idx_files.hpp"

using Catch::Matchers::Message;
using test::idx_text;

namespace {

// Two images for training and one for testing.
void write_small_mnist(const test::IdxFolder& folder, const std::string& dot = "-") {
  folder.write("train-images" + dot + "idx3-ubyte",
               idx_text({2, 28, 28}, std::string(784, '\0') + std::string(784, 'x')));
  folder.write("train-labels" + dot + "idx1-ubyte", idx_text({2}, std::string{9, 0}));
  folder.write("t10k-images" + dot + "idx3-ubyte", idx_text({1, 28, 28}, std::string(784, '\xff')));
  folder.write("t10k-labels" + dot + "idx1-ubyte", idx_text({1}, std::string{4}));
}

}  // namespace

TEST_CASE("MNIST is read from its folder, under both names that its files have") {
  const std::string dot = GENERATE("-", ".");
  const test::IdxFolder folder;
  write_small_mnist(folder, dot);
  const nn::Dataset train = nn::read_mnist(folder.path(), nn::MnistPart::train);
  CHECK(train.size() == 2);
  CHECK(train.sample_shape() == nn::Shape(28, 28, 1));
  CHECK(train.class_count() == 10);
  CHECK(train.labels() == std::vector<int>{9, 0});
  CHECK(train.inputs().col(0).isZero());
  CHECK(train.inputs()(783, 1) == 'x' / 255.F);
  const nn::Dataset test = nn::read_mnist(folder.path() + "/", nn::MnistPart::test);
  CHECK(test.labels() == std::vector<int>{4});
  CHECK(test.inputs().isOnes());
}

TEST_CASE("What is wrong with a folder of MNIST is said with the file where it is") {
  const test::IdxFolder folder;
  write_small_mnist(folder);
  const std::string images = "train-images-idx3-ubyte", labels = "train-labels-idx1-ubyte";
  const std::string image_path = "\"" + (folder / images) + "\"", label_path = "\"" + (folder / labels) + "\"";
  const auto says = [&](const std::string& sentence) {
    CHECK_THROWS_MATCHES(nn::read_mnist(folder.path(), nn::MnistPart::train), nn::load_error, Message(sentence));
  };

  SECTION("missing") {
    const std::string remedy = "\"; cmake -P cmake/fetch_mnist.cmake gets MNIST and says where it puts it";
    folder.remove(labels);
    says("read_mnist: there is no file " + labels + " that can be opened in the folder \"" + folder.path() + remedy);
    CHECK_THROWS_MATCHES(nn::read_mnist("no such folder", nn::MnistPart::test), nn::load_error,
                         Message("read_mnist: there is no file t10k-images-idx3-ubyte that can be opened in the "
                                 "folder \"no such folder" +
                                 remedy));
  }
  SECTION("packed, with and without its ending") {
    folder.write(images, "\x1f\x8b\x08");
    says("read_idx: " + image_path + " is packed (its bytes 0 and 1 are 1f 8b, gzip); unpack it first with gzip -d");
    folder.remove(images);
    folder.write(images + ".gz", "\x1f\x8b\x08");
    says("read_mnist: \"" + (folder / images) + ".gz\" is packed; unpack it first with gzip -d");
  }
  SECTION("images and labels in each other's place") {
    folder.write(labels, idx_text({2, 28, 28}, std::string(2 * 784, '\0')));
    says("read_mnist: " + label_path + " has 3 dimensions, but labels have 1; is it the file of the images?");
    write_small_mnist(folder);
    folder.write(images, idx_text({2}, "\1\2"));
    says("read_mnist: " + image_path + " has 1 dimensions, but images have 3; is it the file of the labels?");
  }
  SECTION("images of another size") {
    folder.write(images, idx_text({2, 32, 28}, std::string(2 * 32 * 28, '\0')));
    says("read_mnist: " + image_path +
         " has images of 32x28, but those of MNIST are 28x28; "
         "use read_idx and Dataset for other sets");
  }
  SECTION("not as many labels as images") {
    folder.write(labels, idx_text({3}, "\1\2\3"));
    says("read_mnist: " + image_path + " has 2 images, but " + label_path + " has 3 labels; get both files again");
  }
  SECTION("a label that is no digit") {
    folder.write(labels, idx_text({2}, "\1\x0a"));
    says("read_mnist: " + label_path +
         " has the label 10 for sample 1 at byte 9, but digits are 0 to 9; "
         "it is damaged or another data set");
  }
}

TEST_CASE("The real MNIST is as it was published") {
  const char* folder = std::getenv("NN_MNIST_DIR");
  if (folder == nullptr) {
    test::left_out("the real files of MNIST: NN_MNIST_DIR is not set");
    return;
  }
  const nn::Dataset train = nn::read_mnist(folder, nn::MnistPart::train);
  const nn::Dataset test = nn::read_mnist(folder, nn::MnistPart::test);
  CHECK(train.size() == 60'000);
  CHECK(test.size() == 10'000);
  CHECK(std::vector<int>(train.labels().begin(), train.labels().begin() + 5) == std::vector<int>{5, 0, 4, 1, 9});
  CHECK(test.inputs<double>(0, 1).sum() == Approx(18454 / 255.0));
}
