// SPDX-License-Identifier: MIT
// What the page asks of nn: reading a digit, why it was read so, learning, and training from nothing. Compiled to
// WebAssembly by run.sh; the worker of the page calls these functions, and passes numbers through the memory that they
// share.
#include <nn/training.hpp>

#include <nn/core/finite.hpp>
#include <nn/data/augmentation/affine.hpp>
#include <nn/data/augmentation/augment.hpp>
#include <nn/data/augmentation/pixel_changes.hpp>
#include <nn/data/center_digit.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "course.hpp"
#include "digit_bytes.hpp"
#include "packed.hpp"
#include "reader.hpp"

#ifdef __EMSCRIPTEN__
#include <emscripten/emscripten.h>
#define FOR_THE_PAGE extern "C" EMSCRIPTEN_KEEPALIVE
#else
#define FOR_THE_PAGE extern "C"  // the test that compares with the native program
#endif

namespace handwriting {
namespace {

using Trainer = nn::Trainer<Reader, nn::CrossEntropy, nn::Adam>;

constexpr nn::Index pixels = 28 * 28;

struct Page {
  Reader reader = make_reader();
  std::optional<Reader> aside;  // the page's own, while one that was trained from nothing reads
  std::optional<Trainer> trainer;
  std::optional<Course> course;
  std::optional<nn::Dataset> remembered, test;
  std::vector<nn::Vector<float>> own;  // the user's digits, as the network sees them
  std::vector<int> own_labels;
  nn::Random random{1};
  std::string text;                 // the latest error, or a file to save
  std::vector<std::uint8_t> given;  // what the page has written for the next call
  std::array<float, pixels> seen{}, saliency{};
  std::array<float, 10> answer{};
  nn::Matrix<float> test_answers;  // 10 x test digits
};

Page& page() {
  static Page page;
  return page;
}

// 0, or 1 with the sentence in text_at().
int attempt(auto&& action) {
  try {
    action();
    return 0;
  } catch (const std::exception& problem) {
    page().text = problem.what();
    return 1;
  }
}

auto seen_sample() { return Eigen::Map<const nn::Vector<float>>(page().seen.data(), pixels); }

// The class of the largest of ten probabilities.
int best_of(const auto& answer) {
  return static_cast<int>(std::max_element(answer.begin(), answer.end()) - answer.begin());
}
float share_right(const nn::Matrix<float>& answers, std::span<const int> labels) {
  int right = 0;
  for (nn::Index i = 0; i < answers.cols(); ++i)
    right += best_of(answers.col(i)) == labels[static_cast<std::size_t>(i)];
  return static_cast<float>(right) / static_cast<float>(answers.cols());
}

void answer_for_seen() {
  const nn::Vector<float> y = page().reader.predict(seen_sample());
  std::copy(y.begin(), y.end(), page().answer.begin());
}

// Half of a batch are the user's digits, moved a little, half those that the network knew before, so that it does not
// forget them.
float learn_from_a_batch() {
  constexpr nn::Index batch = 32;
  static const nn::Augmentation moved =
      nn::augment(nn::RandomShift{1.5}, nn::RandomRotation{10}, nn::RandomScale{0.9, 1.1}, nn::RandomShear{0.1},
                  nn::RandomThickness{0.3});
  Page& all = page();
  nn::Matrix<float> x(pixels, batch);
  std::vector<int> labels(batch);
  for (nn::Index i = 0; i < batch; ++i) {
    if (i % 2 == 0) {
      const auto chosen = static_cast<std::size_t>(all.random.below(all.own.size()));
      x.col(i) = all.own[chosen];
      labels[static_cast<std::size_t>(i)] = all.own_labels[chosen];
    } else {
      const auto chosen = static_cast<nn::Index>(all.random.below(static_cast<std::uint64_t>(all.remembered->size())));
      x.col(i) = all.remembered->inputs(chosen, 1);
      labels[static_cast<std::size_t>(i)] = all.remembered->labels()[static_cast<std::size_t>(chosen)];
    }
    moved(x.col(i).data(), nn::Shape(28, 28, 1), all.random);
  }
  return static_cast<float>(all.trainer->step(x, labels));
}

}  // namespace
}  // namespace handwriting

using handwriting::page;

/// Memory for so many bytes that the page writes before its next call.
FOR_THE_PAGE std::uint8_t* take(int bytes) {
  page().given.resize(static_cast<std::size_t>(bytes));
  return page().given.data();
}
FOR_THE_PAGE const char* text_at() { return page().text.data(); }
FOR_THE_PAGE int text_size() { return static_cast<int>(page().text.size()); }
FOR_THE_PAGE const float* answer_at() { return page().answer.data(); }      ///< ten probabilities
FOR_THE_PAGE const float* seen_at() { return page().seen.data(); }          ///< 28 x 28, ink is 1
FOR_THE_PAGE const float* saliency_at() { return page().saliency.data(); }  ///< 28 x 28, at most 1

/// The network that the page carries, from the bytes given.
FOR_THE_PAGE int load_packed() {
  return handwriting::attempt([] { handwriting::unpack(page().reader, page().given); });
}
FOR_THE_PAGE int load_remembered() {
  return handwriting::attempt([] { page().remembered = handwriting::digits_of(page().given); });
}
FOR_THE_PAGE int load_test() {
  return handwriting::attempt([] { page().test = handwriting::digits_of(page().given); });
}

/// Reads the picture of one digit, grey bytes row after row; 1 where there is no digit in it.
FOR_THE_PAGE int read_picture(int height, int width) {
  return handwriting::attempt([&] {
    const nn::Vector<float> sample = nn::center_digit(page().given, height, width);
    std::copy(sample.begin(), sample.end(), page().seen.begin());
    handwriting::answer_for_seen();
  });
}

/// Which pixels the answer hangs on: the size of the gradient of its loss by each.
FOR_THE_PAGE int explain() {
  return handwriting::attempt([] {
    const auto g = nn::gradients(page().reader, nn::CrossEntropy{}, handwriting::seen_sample(),
                                 std::vector<int>{handwriting::best_of(page().answer)});
    const nn::Vector<float> share = g.input.col(0).cwiseAbs();
    const float largest = std::max(share.maxCoeff(), 1e-30F);
    for (nn::Index i = 0; i < share.size(); ++i) page().saliency[static_cast<std::size_t>(i)] = share[i] / largest;
  });
}

/// The digit that was read last is this one: it is learned from by learn().
FOR_THE_PAGE void teach(int digit) {
  page().own.emplace_back(handwriting::seen_sample());
  page().own_labels.push_back(digit);
}
FOR_THE_PAGE int taught() { return static_cast<int>(page().own.size()); }
FOR_THE_PAGE void forget_taught() {
  page().own.clear();
  page().own_labels.clear();
}

/// So many updates; the mean loss of them, or -1.
FOR_THE_PAGE float learn(int updates, float learning_rate) {
  float sum = 0;
  const int problem = handwriting::attempt([&] {
    if (page().own.empty()) throw nn::data_error("learn: no digit was taught yet; say what one is first");
    if (!page().trainer) page().trainer.emplace(page().reader, nn::CrossEntropy{}, nn::Adam{});
    page().trainer->optimizer().learning_rate = learning_rate;
    for (int update = 0; update < updates; ++update) sum += handwriting::learn_from_a_batch();
  });
  return problem ? -1 : sum / static_cast<float>(updates);
}

/// How many of the user's digits, or of the test digits, are read right.
FOR_THE_PAGE int right_of_taught() {
  int right = 0;
  for (std::size_t i = 0; i < page().own.size(); ++i)
    right += handwriting::best_of(page().reader.predict(page().own[i])) == page().own_labels[i];
  return right;
}
/// The answers for all test digits, ten numbers each, at test_answers_at(); returns how many digits there are.
FOR_THE_PAGE int answer_test() {
  page().test_answers = page().reader.predict(page().test->inputs(0, page().test->size()));
  return static_cast<int>(page().test_answers.cols());
}
FOR_THE_PAGE const float* test_answers_at() { return page().test_answers.data(); }
/// A test digit as if it had been read.
FOR_THE_PAGE void see_test(int digit) {
  const nn::Matrix<float> sample = page().test->inputs(digit, 1);
  std::copy_n(sample.data(), sample.size(), page().seen.begin());
  handwriting::answer_for_seen();
}
FOR_THE_PAGE float accuracy_of_test() {
  answer_test();
  return handwriting::share_right(page().test_answers, page().test->labels());
}

/// The tensors of the network, a line each: name, rows and columns. Their numbers stand one after the other at
/// parameters_at(), column by column.
FOR_THE_PAGE void list_tensors() {
  page().text.clear();
  for (const auto& tensor : page().reader.tensors())
    page().text +=
        tensor.name + ' ' + std::to_string(tensor.values.rows()) + ' ' + std::to_string(tensor.values.cols()) + '\n';
}
FOR_THE_PAGE const float* parameters_at() { return page().reader.parameters().data(); }

/// Other parameters, floats from the bytes given; all or nothing.
FOR_THE_PAGE int load_parameters() {
  return handwriting::attempt([] {
    auto parameters = page().reader.parameters();
    const std::vector<std::uint8_t>& given = page().given;
    nn::Vector<float> others(parameters.size());
    if (given.size() != static_cast<std::size_t>(others.size()) * sizeof(float))
      throw nn::load_error("load: ", given.size() / sizeof(float), " numbers do not fit the network's ", others.size());
    std::memcpy(others.data(), given.data(), given.size());
    for (const float number : others)
      if (!nn::is_finite(number)) throw nn::load_error("load: a number is not finite");
    parameters = others;
    page().trainer.reset();
  });
}

/// Training from nothing: a network of so many hidden layers, its activation a handwriting::Activation.
FOR_THE_PAGE int begin_course(int hidden_layers, int width, int activation) {
  return handwriting::attempt([&] {
    page().course.emplace(
        handwriting::course_network(hidden_layers, width, static_cast<handwriting::Activation>(activation)),
        *page().remembered);
  });
}
/// An epoch of it: the mean loss, or -1.
FOR_THE_PAGE float course_epoch(float learning_rate) {
  double loss = 0;
  return handwriting::attempt([&] { loss = page().course->epoch(learning_rate); }) ? -1 : static_cast<float>(loss);
}
/// The signs of what is wrong, a line each, see Course.
FOR_THE_PAGE void course_signs() { page().text = page().course->signs(); }
FOR_THE_PAGE float course_accuracy_of_test() {
  const nn::Dataset& test = *page().test;
  return handwriting::share_right(page().course->network().predict(test.inputs(0, test.size())), test.labels());
}
/// From now on the network that was trained from nothing reads, or the page's own again.
FOR_THE_PAGE void read_with_course(int is_wanted) {
  page().trainer.reset();
  if (!page().aside) page().aside = page().reader;
  page().reader = is_wanted ? page().course->network() : *page().aside;
  if (!is_wanted) page().aside.reset();
}
