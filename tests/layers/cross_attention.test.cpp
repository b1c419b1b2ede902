// SPDX-License-Identifier: MIT
#include <nn/layers/cross_attention.hpp>

#include <array>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include <nn/network.hpp>

#include "../catch.hpp"
#include "../io/files.hpp"
#include "../merge_cases.hpp"
#include "../tensors_of.hpp"
#include "image_cases.hpp"

using Catch::Matchers::Message;

namespace cross_attention_test {

using M = nn::Matrix<double>;

// Sequences of 4 steps with 4 channels look at contexts of 5 steps with 3, with their lengths.
template <class T>
nn::Graph<T> graph_with_lengths(nn::CrossAttention layer) {
  nn::Graph<T> graph;
  const auto x = graph.input({1, 4, 4}), context = graph.input({1, 5, 3});
  const auto length_of_context = graph.input({1}), length = graph.input({1});
  graph.output(graph.add("cross_attn", layer, x, context, length_of_context, length));
  return graph;
}

// sum y t, whose gradient is t.
struct Product {
  static constexpr bool takes_whole_samples = true;
  auto operator()(const auto& y, const auto& t) const { return y.dot(t); }
  void gradient(const auto&, const auto& t, auto& dy) const { dy = t; }
};

// As tests/fixtures/sequences.py has it; without lengths of the context where there are none.
void check_cross_fixture(const std::string& name, const nn::CrossAttention& layer, nn::Shape of_x, nn::Shape of_context,
                         const std::vector<double>& lengths) {
  CAPTURE(name);
  const std::string here = __FILE__;
  std::ifstream file(here.substr(0, here.find_last_of("/\\") + 1) + "../fixtures/sequences.json");
  const auto expected = nlohmann::json::parse(file).at(name);
  nn::Graph<double> graph;
  std::vector<nn::Graph<double>::Value> values{graph.input(of_x), graph.input(of_context)};
  const nn::Index rows = of_x.size() + of_context.size();
  M x = test::scattered(rows, 2, 31, 4099);
  if (!lengths.empty()) {
    values.push_back(graph.input({1}));
    x.conservativeResize(rows + 1, 2);
    x.row(rows) << lengths[0], lengths[1];
  }
  graph.output(graph.add(layer, values));
  graph.parameters() = test::scattered(graph.parameter_count(), 1, 7919, 10007);
  const M dy = test::scattered(of_x.size(), 2, 17, 211);
  const auto gradients = nn::gradients(graph, Product{}, x, dy);
  const auto check = [&](const char* key, const M& numbers) {
    CAPTURE(key);
    const auto list = expected.at(key).get<std::vector<double>>();
    REQUIRE(static_cast<nn::Index>(list.size()) == numbers.size());
    CHECK((numbers.reshaped() - nn::ConstVectorView<double>(list.data(), numbers.size())).cwiseAbs().maxCoeff() <
          1e-10);
  };
  check("y", graph.predict(x));
  check("dx", 2 * gradients.input.topRows(rows));
  check("parameters", 2 * gradients.parameters);
  if (!lengths.empty()) CHECK((gradients.input.row(rows).array() == 0).all());
}

TEST_CASE("CrossAttention does what PyTorch's MultiheadAttention does, where the context is shorter, too") {
  check_cross_fixture("cross attention", nn::CrossAttention{2}, {1, 4, 6}, {1, 5, 3}, {});
  check_cross_fixture("cross attention of equal channels", nn::CrossAttention{4, {.bias = false}}, {1, 3, 4}, {1, 5, 4},
                      {2, 5});
}

TEST_CASE("CrossAttention names its tensors as PyTorch, by whether the context has as many channels") {
  const auto tensors_of = [](const nn::CrossAttention& layer, nn::Shape x, nn::Shape context) {
    const std::array<nn::Shape, 2> inputs{x, context};
    test::TensorShapes all;
    layer.tensors(inputs, [&](const nn::TensorShape& tensor) { all.push_back(tensor); });
    return all;
  };
  const nn::Dimensions square{{.size = 6}, {.size = 6, .stride = 6}};
  CHECK(tensors_of(nn::CrossAttention{2}, {1, 7, 6}, {1, 3, 6}) ==
        test::TensorShapes{{"in_proj_weight", 18, 6, nn::Role::weight},
                           {"in_proj_bias", 18, 1, nn::Role::bias},
                           {"out_proj.weight", 6, 6, nn::Role::weight, square},
                           {"out_proj.bias", 6, 1, nn::Role::bias}});
  CHECK(tensors_of(nn::CrossAttention{6, {.key_value_heads = 2, .bias = false}}, {1, 7, 6}, {1, 3, 4}) ==
        test::TensorShapes{{"q_proj_weight", 6, 6, nn::Role::weight},
                           {"k_proj_weight", 2, 4, nn::Role::weight},
                           {"v_proj_weight", 2, 4, nn::Role::weight},
                           {"out_proj.weight", 6, 6, nn::Role::weight, square}});
  CHECK(nn::describe(nn::CrossAttention{2, {.key_value_heads = 1}}).options ==
        std::vector<std::pair<std::string, double>>{{"heads", 2}, {"key_value_heads", 1}, {"bias", 1}});
}

TEST_CASE("CrossAttention refuses heads that do not fit, and what is no length") {
  const auto refused = [](const nn::CrossAttention& layer, const std::vector<nn::Shape>& inputs, const char* why) {
    CHECK_THROWS_MATCHES(layer.output_shape(inputs), nn::shape_error, Message(why));
  };
  refused(nn::CrossAttention{4}, {{1, 7, 6}, {1, 3, 4}},
          "CrossAttention: 6 channels do not make 4 equal heads; use a number of heads that divides them");
  refused(nn::CrossAttention{2}, {{1, 7, 6}},
          "CrossAttention: reads 1 values; give it a sequence and the context that it looks at, then, if need be, the "
          "lengths of the context and those of the sequence");
  refused(nn::CrossAttention{2}, {{1, 7, 6}, {1, 3, 4}, nn::Shape(3)},
          "CrossAttention: input 2 is 3, but a length is one number for each sample; give a value of 1 feature");
  const nn::Graph<double> graph = graph_with_lengths<double>(nn::CrossAttention{2});
  const M x = test::drawn<double>(16, 2, 1), context = test::drawn<double>(15, 2, 2);
  CHECK_THROWS_MATCHES(graph.predict({x, context, M{{5, 6}}, M{{4, 4}}}), nn::data_error,
                       Message("CrossAttention: the length of sample 1 in input 2 is 6; give integers from 0 to 5"));
  CHECK_THROWS_AS(graph.predict({x, context, M{{5, 5}}, M{{4, 0.5}}}), nn::data_error);
}

TEMPLATE_TEST_CASE("CrossAttention's gradients are right, with lengths, too", "", float, double) {
  const bool is_double = sizeof(TestType) == 8;
  const auto check = [&](const nn::CrossAttention& layer, nn::Index of_context, bool has_lengths) {
    nn::Graph<TestType> graph;
    const auto x = graph.input({1, 3, 4}), context = graph.input({1, 2, of_context}), any = graph.input({2});
    // 0 to 2, whose derivative is 0.
    const auto ones = graph.add(nn::BinaryStep{}, any);
    const auto length = graph.add(nn::Add{}, graph.add(nn::Slice{.channels = {0, 1}}, ones),
                                  graph.add(nn::Slice{.channels = {1, 2}}, ones));
    const auto y = has_lengths ? graph.add(layer, x, context, length, length) : graph.add(layer, x, context);
    const auto of_itself = has_lengths ? graph.add(layer, y, y, length, length) : graph.add(layer, y, y);
    graph.output(graph.add(nn::Dense{2}, of_itself));
    graph.output(graph.add(nn::Dense{1}, graph.add(nn::Concatenate{}, graph.add(nn::Flatten{}, context), length)));
    graph.initialize(nn::Random{4});
    for (const nn::Index samples : {1, 5}) {
      const auto checked = nn::check_gradients(graph, nn::MeanSquaredError{},
                                               test::drawn<TestType>(graph.input_shape().size(), samples, 1),
                                               test::drawn<TestType>(3, samples, 2));
      CAPTURE(checked.worst);
      CHECK(checked.worst_relative_error < (is_double ? 1e-11 : 1e-4));
      CHECK(checked.worst_central_difference_error < (is_double ? 1e-7 : 1e-3));
    }
  };
  check(nn::CrossAttention{2}, 4, true);
  check(nn::CrossAttention{4, {.key_value_heads = 2, .bias = false}}, 3, false);
  check(nn::CrossAttention{2, {.key_value_heads = 1}}, 3, true);
}

TEST_CASE("What stands behind the lengths changes no bit, and a step that may look nowhere gives 0") {
  nn::Graph<double> graph = graph_with_lengths<double>(nn::CrossAttention{2});
  graph.parameters() = test::drawn<double>(graph.parameter_count(), 1, 3);
  M x = test::drawn<double>(16, 3, 1), context = test::drawn<double>(15, 3, 2), t = test::drawn<double>(16, 3, 5);
  const M lengths_of_context{{2, 5, 0}}, lengths{{3, 4, 4}};
  const auto all = [&] {
    M stacked(33, 3);
    stacked << x, context, lengths_of_context, lengths;
    return stacked;
  };
  const M y = graph.predict(all());
  const auto gradients = nn::gradients(graph, Product{}, all(), t);
  CHECK((y.col(0).head(12).array() != 0).all());
  CHECK((y.col(0).tail(4).array() == 0).all());
  CHECK((y.col(2).array() == 0).all());
  CHECK((gradients.input.col(0).segment(12, 4).array() == 0).all());
  CHECK((gradients.input.col(0).segment(16 + 6, 9).array() == 0).all());
  CHECK((gradients.input.col(2).array() == 0).all());

  x.col(0).tail(4).setConstant(1e6);
  t.col(0).tail(4).setConstant(-3);
  context.col(0).tail(9).setConstant(-1e6);
  context.col(2).setConstant(7);
  const auto after = nn::gradients(graph, Product{}, all(), t);
  CHECK(test::have_same_bits(M(graph.predict(all())), y));
  CHECK(test::have_same_bits(after.input, gradients.input));
  CHECK(after.parameters == gradients.parameters);

  nn::Graph<double> short_one;  // of the lengths of the first sample
  const auto short_x = short_one.input({1, 3, 4}), short_context = short_one.input({1, 2, 3});
  short_one.output(short_one.add(nn::CrossAttention{2}, short_x, short_context));
  short_one.parameters() = graph.parameters();
  CHECK(test::have_same_bits(M(short_one.predict({x.col(0).head(12), context.col(0).head(6)})), M(y.col(0).head(12))));
}

TEST_CASE("CrossAttention learns the same bits on any number of threads") {
  for (const nn::Index of_context : {4, 3}) {
    const auto trained = [&](nn::Index threads) {
      nn::Graph<float> graph;
      const auto x = graph.input({1, 4, 4}), context = graph.input({1, 5, of_context});
      graph.output(graph.add(nn::Dense{3}, graph.add(nn::CrossAttention{2}, graph.add(nn::Tanh{}, x), context)));
      nn::Trainer trainer(graph, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}, {.threads = threads});
      const nn::Index features = graph.input_shape().size();
      for (int step = 0; step < 3; ++step)
        trainer.step(test::drawn<float>(features, 9, 1), test::drawn<float>(3, 9, 2));
      return nn::Vector<float>(graph.parameters());
    };
    const nn::Vector<float> one = trained(1);
    for (const nn::Index threads : {2, 3}) CHECK(test::have_same_bits(one, trained(threads)));
  }
}

TEST_CASE("CrossAttention begins as PyTorch's, whatever the initializer") {
  const auto drawn = [](const std::array<nn::Shape, 2>& inputs, nn::Index count) {
    nn::Vector<double> parameters(count);
    nn::Random random(1);
    nn::CrossAttention{4}.initialize(inputs, parameters, nn::zeros, random);
    return parameters;
  };
  const auto check = [](const auto& part, double limit) {
    CHECK(part.cwiseAbs().maxCoeff() <= limit);
    CHECK(part.cwiseAbs().maxCoeff() > 0.97 * limit);
  };
  const nn::Vector<double> one = drawn({nn::Shape{1, 5, 64}, nn::Shape{1, 2, 64}}, 4 * 64 * 64 + 4 * 64);
  check(one.head(3 * 64 * 64), std::sqrt(6.0 / (64 + 3 * 64)));  // Glorot's, of the three matrices as one
  check(one.segment(3 * 64 * 65, 64 * 64), 0.125);
  const nn::Vector<double> three =
      drawn({nn::Shape{1, 5, 64}, nn::Shape{1, 2, 16}}, 2 * 64 * 64 + 2 * 64 * 16 + 4 * 64);
  check(three.head(64 * 64), std::sqrt(6.0 / 128));
  check(three.segment(64 * 64, 64 * 16), std::sqrt(6.0 / 80));
  check(three.segment(64 * 80, 64 * 16), std::sqrt(6.0 / 80));
  check(three.segment(64 * 96 + 3 * 64, 64 * 64), 0.125);
  CHECK((three.segment(64 * 96, 3 * 64).array() == 0).all());
  CHECK((three.tail(64).array() == 0).all());
}

TEST_CASE("A graph of CrossAttention comes back from its files, and is refused where its lengths cannot be read") {
  nn::Graph<float> graph = graph_with_lengths<float>(nn::CrossAttention{4, {.key_value_heads = 2}});
  graph.parameters() = test::drawn<float>(graph.parameter_count(), 1, 3);
  std::stringstream file, tensors;
  nn::save(graph, file);
  CHECK(nn::load_graph<float>(file) == graph);
  nn::save_tensors(graph, tensors);
  nn::Graph<float> other = graph_with_lengths<float>(nn::CrossAttention{4, {.key_value_heads = 2}});
  nn::load_tensors(other, tensors);
  CHECK(other == graph);
  CHECK(graph.tensor("cross_attn.k_proj_weight").rows() == 2);

  const test::Folder folder;
  const auto learn = [](auto& trainer) {
    nn::Matrix<float> x = test::drawn<float>(33, 5, 1);
    x.bottomRows(2) << 5, 4, 3, 0, 1, 4, 1, 2, 3, 0;
    trainer.step(x, test::drawn<float>(16, 5, 2));
  };
  nn::Trainer first(graph, nn::MeanSquaredError{}, nn::Adam{}), second(other, nn::MeanSquaredError{}, nn::Adam{});
  learn(first);
  first.save_checkpoint(folder / "half");
  learn(first);
  second.resume(folder / "half");
  learn(second);
  CHECK(other == graph);

  std::stringstream model;
  nn::save_onnx(graph, model);
  CHECK_THROWS_MATCHES(nn::load_onnx<float>(model), nn::load_error,
                       Catch::Matchers::Predicate<nn::load_error>([](const nn::load_error& problem) {
                         return std::string(problem.what()).find("cross_attn.Less") != std::string::npos;
                       }));
}

// Words of different lengths are read backwards: a decoder that knows where it stands, and the length, looks at the
// letters of the word. Behind the end of a word stand letters that mean nothing, and the answer there is "end".
TEST_CASE("A decoder learns by CrossAttention to read words of different lengths backwards") {
  constexpr int longest = 4, letters = 3;
  std::vector<std::vector<int>> words;
  for (int length = 1; length <= longest; ++length)
    for (int number = 0; number < std::pow(letters, length); ++number) {
      std::vector<int> word;
      for (int i = 0, rest = number; i < length; ++i, rest /= letters) word.push_back(1 + rest % letters);
      words.push_back(word);
    }
  const auto count = static_cast<nn::Index>(words.size());
  nn::Matrix<float> x(longest + longest + 1, count), t = nn::Matrix<float>::Zero(longest * (letters + 1), count);
  nn::Random random(1);
  for (nn::Index i = 0; i < count; ++i) {
    const std::vector<int>& word = words[static_cast<std::size_t>(i)];
    const auto length = static_cast<int>(word.size());
    for (int step = 0; step < longest; ++step) {
      const bool is_in = step < length;
      const auto at = static_cast<std::size_t>(is_in ? length - 1 - step : 0);
      x(step, i) = is_in ? static_cast<float>(word[static_cast<std::size_t>(step)])
                         : std::floor(static_cast<float>(random.uniform() * letters + 1));
      x(longest + step, i) = static_cast<float>(length);
      t(step * (letters + 1) + (is_in ? word[at] : 0), i) = 1;
    }
    x(2 * longest, i) = static_cast<float>(length);
  }

  nn::Graph<float> graph;
  const auto word = graph.input({longest}, "word"), asked = graph.input({longest}, "asked");
  const auto length = graph.input({1}, "length");
  const auto embedded = [&](auto value) {
    return graph.add(nn::LearnedPositions{longest}, graph.add(nn::Embedding{longest + 1, 8}, value));
  };
  const auto seen = graph.add(nn::CrossAttention{1}, embedded(asked), embedded(word), length, length);
  graph.output(graph.add(nn::Softmax{}, graph.add(nn::TimeDistributed{nn::Dense{letters + 1}}, seen)));
  nn::Trainer trainer(graph, nn::CrossEntropy{}, nn::Adam{.learning_rate = 0.02});
  std::vector<nn::Index> trained, held_out;
  for (nn::Index i = 0; i < count; ++i) (i % 4 == 3 ? held_out : trained).push_back(i);
  trainer.fit(nn::Dataset(x(Eigen::all, trained).eval(), t(Eigen::all, trained).eval()),
              {.epochs = 40, .batch_size = 10});
  const nn::Matrix<float> y = graph.predict(x(Eigen::all, held_out).eval()), expected = t(Eigen::all, held_out);
  CHECK((y - expected).cwiseAbs().maxCoeff() < 0.5F);
}

}  // namespace cross_attention_test
