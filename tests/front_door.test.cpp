// SPDX-License-Identifier: MIT
// The forms that users write, as the design promises them: one include, and they compile and run as they stand.
#include <nn/network.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"

namespace {

// A folder that is gone at the end.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "nn_front_door_XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void write_idx(const std::string& path, std::vector<std::uint32_t> sizes, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  const auto number = [&](std::uint32_t value) {
    for (const int shift : {24, 16, 8, 0}) file.put(static_cast<char>(value >> shift & 0xff));
  };
  number(0x800 + static_cast<std::uint32_t>(sizes.size()));
  for (const std::uint32_t size : sizes) number(size);
  file << bytes;
}

// Twenty pictures of each part: digit d is a bright row d.
void write_digits(const Folder& folder) {
  for (const std::string part : {"train", "t10k"}) {
    std::string images, labels;
    for (int sample = 0; sample < 20; ++sample) {
      std::string image(784, '\0');
      for (int pixel = 0; pixel < 28; ++pixel)
        image[static_cast<std::size_t>((sample % 10 + 5) * 28 + pixel)] = static_cast<char>(200 + sample);
      images += image;
      labels += static_cast<char>(sample % 10);
    }
    write_idx(folder.file(part + "-images-idx3-ubyte"), {20, 28, 28}, images);
    write_idx(folder.file(part + "-labels-idx1-ubyte"), {20}, labels);
  }
}

struct Swish {
  auto operator()(auto x) const {
    using std::exp;
    return x / (1 + exp(-x));
  }
};

}  // namespace

TEST_CASE("the course's network is built, trained, evaluated, saved and loaded as the design writes it") {
  const Folder digits;
  write_digits(digits);
  const std::string& folder = digits.path();

  nn::Network<nn::Input<784>, nn::Dense<256>, nn::ReLU, nn::Dense<128>, nn::ReLU, nn::Dense<64>, nn::ReLU,
              nn::Dense<10>, nn::Softmax>
      network;
  CHECK(network.parameter_count() == 784 * 256 + 256 + 256 * 128 + 128 + 128 * 64 + 64 + 64 * 10 + 10);
  network.initialize(nn::Random{42});

  nn::Dataset train = nn::read_mnist(folder, nn::MnistPart::train);  // inputs, labels
  nn::Dataset test = nn::read_mnist(folder, nn::MnistPart::test);
  CHECK(train.size() == 20);

  const auto x = train.inputs<float>();
  auto y = network.predict(x);  // const; x: features x samples, one column each; y: outputs x samples
  CHECK(y.rows() == 10);
  CHECK(y.cols() == 20);
  CHECK((y.colwise().sum().array() - 1).abs().maxCoeff() < 1e-5F);
  CHECK(network.parameters().size() == network.parameter_count());
  CHECK(network.weight<0>().rows() == 256);
  CHECK(network.weight<0>().cols() == 784);
  CHECK(network.bias<0>().size() == 256);

  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 1e-3}};
  const auto target = train.targets<float>();
  auto loss = trainer.step(x, target);  // one update from one sample or one mini-batch; returns the mean loss
  CHECK(loss > 0);
  loss = trainer.step(x.col(3), target.col(3));
  nn::History history = trainer.fit(train, {.epochs = 3, .batch_size = 1, .validation = &test});
  REQUIRE(history.epochs.size() == 3);
  CHECK(history.epochs[2].loss < history.epochs[0].loss);
  nn::Evaluation result = nn::evaluate(network, nn::CrossEntropy{}, test);  // result.loss, result.accuracy
  CHECK(result.loss == history.epochs[2].validation_loss);
  CHECK(result.accuracy >= 0);
  CHECK(result.accuracy <= 1);

  const std::string path = digits.file("params.json");
  nn::save(network, path);
  auto other = decltype(network){};
  CHECK_FALSE(other == network);
  nn::load(other, path);  // all or nothing; nn::load_error says what is wrong and where
  CHECK(other == network);
  CHECK_THROWS_AS(nn::load(other, digits.file("nothing.json")), nn::load_error);
  CHECK(other == network);
}

TEST_CASE("the same layers with sizes known only at run time") {
  const int hidden = 8;
  nn::Network small{nn::Input{4}, nn::Dense{hidden}, nn::Tanh{}, nn::Dense{3}, nn::Softmax{}};
  CHECK(small.parameter_count() == 4 * 8 + 8 + 8 * 3 + 3);
  const nn::Network exact = small.cast<double>();
  CHECK(exact.parameter_count() == small.parameter_count());

  std::stringstream stream;  // save and load take streams, too
  nn::save(small, stream);
  nn::Network again{nn::Input{4}, nn::Dense{hidden}, nn::Tanh{}, nn::Dense{3}, nn::Softmax{}};
  again.initialize(nn::Random{7});
  CHECK_FALSE(again == small);
  nn::load(again, stream);
  CHECK(again == small);
}

TEST_CASE("the number of layers known only at run time: the same Trainer, save, load, evaluate") {
  nn::Sequential<float> deep{nn::Input{784}};
  for (int units : {256, 128, 64}) deep.add(nn::Dense{units}).add(nn::ReLU{});
  deep.add(nn::Dense{10}).add(nn::Softmax{});
  nn::Network<nn::Input<784>, nn::Dense<256>, nn::ReLU, nn::Dense<128>, nn::ReLU, nn::Dense<64>, nn::ReLU,
              nn::Dense<10>, nn::Softmax>
      network;
  CHECK((deep.parameters().array() == network.parameters().array()).all());

  const Folder digits;
  write_digits(digits);
  const nn::Dataset train = nn::read_mnist(digits.path(), nn::MnistPart::train);
  nn::Trainer deep_trainer{deep, nn::CrossEntropy{}, nn::SGD{.learning_rate = 1e-3}};
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 1e-3}};
  CHECK(deep_trainer.fit(train, {.batch_size = 1}).epochs[0].loss ==
        trainer.fit(train, {.batch_size = 1}).epochs[0].loss);
  CHECK((deep.parameters().array() == network.parameters().array()).all());
  CHECK(nn::evaluate(deep, nn::CrossEntropy{}, train).loss == nn::evaluate(network, nn::CrossEntropy{}, train).loss);

  std::stringstream stream;
  nn::save(deep, stream);
  network.initialize(nn::Random{3});
  nn::load(network, stream);  // what one kind of network wrote the other reads
  CHECK((deep.parameters().array() == network.parameters().array()).all());
}

TEST_CASE("give f alone and the derivative is worked out") {
  nn::Network<nn::Input<2>, nn::Dense<8>, nn::Activation<Swish>, nn::Dense<1>> custom;
  const nn::Matrix<float> x{{0.5, -1, 2}, {1, 0.25, -0.5}}, t{{1, 0, 1}};
  nn::GradientCheck check = nn::check_gradients(custom, nn::MeanSquaredError{}, x, t);  // check.worst_relative_error
  CHECK(check.worst_relative_error < 1e-5);
  nn::Network<double, nn::Input<2>, nn::Dense<8>, nn::Activation<Swish>, nn::Dense<1>> exact;
  CHECK(nn::check_gradients(exact, nn::MeanSquaredError{}, x, t).worst_relative_error < 1e-12);
}

TEST_CASE("targets are real matrices, one-hot matrices, labels, or one label") {
  nn::Network<nn::Input<2>, nn::Dense<3>> logits;
  nn::Trainer trainer{logits, nn::SoftmaxCrossEntropy{}, nn::SGD{.learning_rate = 0.1, .momentum = 0.9}};
  const nn::Matrix<float> x{{0.5, -1}, {1, 0.25}}, one_hot{{0, 1}, {0, 0}, {1, 0}};
  CHECK(trainer.step(x, one_hot) > 0);
  CHECK(trainer.step(x, std::vector<int>{2, 0}) > 0);
  CHECK(trainer.step(x, std::array<std::uint8_t, 2>{2, 0}) > 0);
  CHECK(trainer.step(x.col(0), 2) > 0);
  CHECK(trainer.step(Eigen::Vector2f(1, 2), 0) > 0);
}
