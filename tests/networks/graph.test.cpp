// SPDX-License-Identifier: MIT
#include <nn/networks/graph.hpp>

#include <cmath>
#include <sstream>
#include <vector>

#include <nn/network.hpp>

#include "../all_layers.hpp"
#include "../catch.hpp"
#include "../io/files.hpp"
#include "../numbers.hpp"

using Catch::Matchers::Message;

namespace {

// Two inputs, values that are read twice and three times, two outputs.
template <class T>
nn::Graph<T> diamond() {
  nn::Graph<T> graph;
  const auto a = graph.input({4}), b = graph.input({2});
  const auto hidden = graph.add(nn::Tanh{}, graph.add("encoder", nn::Dense{6}, a));
  const auto gate = graph.add(nn::Sigmoid{}, graph.add(nn::Dense{6}, graph.add(nn::Concatenate{}, hidden, b)));
  const auto sum = graph.add(nn::Add{}, graph.add(nn::Multiply{}, hidden, gate), hidden);
  graph.output(graph.add(nn::Dense{2}, graph.add(nn::ReLU{}, sum)));
  graph.output(graph.add(nn::Dense{1}, sum));
  graph.initialize(nn::Random{7});
  return graph;
}

// Layers in a row, as a graph and as a Sequential.
template <class... Layers>
nn::Graph<float> row_of(nn::Shape input, const Layers&... layers) {
  nn::Graph<float> graph;
  auto value = graph.input(input);
  ((value = graph.add(layers, value)), ...);
  graph.output(value);
  graph.initialize(nn::Random{3});
  return graph;
}

// A user's own layer of two inputs: y = sigmoid(W a) b.
struct GatedByTheUser {
  static constexpr std::string_view name() { return "Gated"; }
  nn::Shape output_shape(nn::Shapes inputs) const { return inputs[1]; }
  void tensors(nn::Shapes inputs, auto tensor) const {
    tensor({"weight", inputs[1].size(), inputs[0].size(), nn::Role::weight});
  }
  nn::Index memory_size(nn::Shapes inputs) const { return inputs[1].size(); }  // the gate
  void initialize(nn::Shapes, auto&& parameters, const nn::Initializer&, nn::Random& random) const {
    for (auto& number : parameters) number = static_cast<std::remove_cvref_t<decltype(number)>>(random.uniform() - 0.5);
  }
  void forward(nn::Shapes, const auto& parameters, const auto& inputs, auto&& y, const auto& mode) const {
    using std::exp;
    using T = typename std::remove_cvref_t<decltype(y)>::Scalar;
    T* gate = gate_of(mode, y.rows());
    for (nn::Index sample = 0; sample < y.cols(); ++sample)
      for (nn::Index i = 0; i < y.rows(); ++i) {
        T sum = 0;
        for (nn::Index j = 0; j < inputs[0].rows(); ++j) sum += parameters[j * y.rows() + i] * inputs[0](j, sample);
        gate[sample * y.rows() + i] = 1 / (1 + exp(-sum));
        y(i, sample) = gate[sample * y.rows() + i] * inputs[1](i, sample);
      }
  }
  template <class T>
  void input_gradient(nn::Shapes, const auto& values, auto& gradients, const nn::Training<T>& mode) const {
    const nn::Index rows = gradients.output.rows(), samples = gradients.output.cols();
    const nn::MatrixView<T> gate(gate_of(mode, rows), rows, samples);
    const nn::ConstMatrixView<T> W(values.parameters.data(), rows, values.input[0].rows());
    gradients.input[1] = gradients.output.cwiseProduct(gate);
    gradients.input[0] = W.transpose() * slope(values, gradients, gate);
  }
  template <class T>
  void add_parameter_gradient(nn::Shapes, const auto& values, const auto& gradients, T* target, T scale,
                              nn::Shard shard, const nn::Training<T>& mode) const {
    const nn::Index rows = gradients.output.rows(), columns = values.input[0].rows();
    const nn::MatrixView<T> gate(gate_of(mode, rows), rows, gradients.output.cols());
    const nn::Index first = shard.first(columns), last = shard.last(columns);
    for (nn::Index j = first; j < last; ++j)  // a column at a time, so that its sum does not depend on the shards
      nn::VectorView<T>(target + j * rows, rows) +=
          scale * (slope(values, gradients, gate) * values.input[0].row(j).transpose());
  }
  bool operator==(const GatedByTheUser&) const = default;

 private:
  static auto* gate_of(const auto& mode, nn::Index rows) { return mode.memory.values + mode.first_sample * rows; }
  static auto slope(const auto& values, const auto& gradients, const auto& gate) {
    using T = typename std::remove_cvref_t<decltype(gate)>::Scalar;
    return nn::Matrix<T>(gradients.output.array() * values.input[1].array() * gate.array() * (T(1) - gate.array()));
  }
};

}  // namespace

TEST_CASE("A graph is written down value by value, as its page shows") {
  nn::Graph<float> graph;
  auto picture = graph.input({28, 28, 1}), angle = graph.input({1});
  auto features = graph.add(nn::Dense{32}, graph.add(nn::Flatten{}, picture));
  auto joined = graph.add(nn::Concatenate{}, features, angle);
  graph.output(graph.add(nn::Softmax{}, graph.add(nn::Dense{10}, joined)));
  CHECK(graph.depth() == 5);
  CHECK(graph.input_count() == 2);
  CHECK(graph.input_shape() == nn::Shape(785));
  CHECK(graph.input_shape(0) == nn::Shape(28, 28, 1));
  CHECK(graph.output_shape() == nn::Shape(10));
  CHECK(graph.parameter_count() == 785 * 32 + 34 * 10);
  CHECK(graph.tensor("1.weight").cols() == 784);
  CHECK(graph.tensor("3.weight").cols() == 33);
  const nn::Matrix<float> a = test::drawn<float>(784, 3, 1), b = test::drawn<float>(1, 3, 2);
  CHECK(graph.predict({a, b}).colwise().sum().isApproxToConstant(1, 1e-5F));
  CHECK(graph.predict(std::vector{a, b}) == graph.predict({a, b}));
}

TEST_CASE("A graph computes what its values say") {
  nn::Graph<double> graph;
  const auto a = graph.input({1}), b = graph.input({1});
  const auto product = graph.add(nn::Multiply{}, a, b);
  graph.output(graph.add(nn::Add{}, product, a, a));
  graph.output(graph.add(nn::Subtract{}, product, b));
  using M = nn::Matrix<double>;
  CHECK(graph.predict({M{{3, 5}}, M{{2, -1}}}) == M{{12, 5}, {4, -4}});
  CHECK(graph.output_count() == 2);
  CHECK(graph.output_shape(1) == nn::Shape(1));
}

TEMPLATE_TEST_CASE("All gradients of a graph are right, where a value is read more than once, too", "", float, double) {
  const bool is_double = sizeof(TestType) == 8;
  for (const nn::Index samples : {1, 5}) {
    const auto check = nn::check_gradients(diamond<TestType>(), nn::MeanSquaredError{},
                                           test::drawn<TestType>(6, samples, 1), test::drawn<TestType>(3, samples, 2));
    CAPTURE(check.worst);
    CHECK(check.derivatives == diamond<TestType>().parameter_count() + 6 * samples);
    CHECK(check.worst_relative_error < (is_double ? 1e-12 : 1e-4));
    CHECK(check.worst_central_difference_error < (is_double ? 1e-7 : 1e-3));
  }
}

TEST_CASE("A graph learns the same bits on any number of threads, with every kind of step") {
  const auto trained = [](nn::Index threads, auto optimizer, nn::TrainerOptions options) {
    nn::Graph<float> graph = diamond<float>();
    options.threads = threads;
    nn::Trainer trainer(graph, nn::MeanSquaredError{}, optimizer, options);
    for (int step = 0; step < 4; ++step) trainer.step(test::drawn<float>(6, 9, 1), test::drawn<float>(3, 9, 2));
    return nn::Vector<float>(graph.parameters());
  };
  const auto check = [&](auto optimizer, const nn::TrainerOptions& options) {
    const nn::Vector<float> one = trained(1, optimizer, options);
    CHECK(one != diamond<float>().parameters());
    for (const nn::Index threads : {2, 3}) CHECK(test::have_same_bits(one, trained(threads, optimizer, options)));
  };
  check(nn::SGD{.learning_rate = 0.1}, {});
  check(nn::Adam{}, {});
  check(nn::AdamW{.weight_decay = 0.1}, {});
  check(nn::SGD{.momentum = 0.9}, {.clip_norm = 0.1, .l2 = 0.01});
}

TEST_CASE("From the same layers a graph has the bits of a Sequential, of every layer") {
  test::for_each_layer([](const auto& layer, const auto&... before) {
    const nn::Dense first{6}, last{3};
    nn::Sequential<float> sequential(nn::Input{5}, first);
    (sequential.add(before), ...);
    sequential.add(layer).add(last);
    sequential.initialize(nn::Random{3});
    nn::Graph<float> graph = row_of(nn::Shape(5), first, before..., layer, last);
    CAPTURE(layer.name());
    CHECK(test::have_same_bits(nn::Vector<float>(graph.parameters()), nn::Vector<float>(sequential.parameters())));
    const nn::Matrix<float> x = test::drawn<float>(5, 7, 1), t = test::drawn<float>(3, 7, 2);
    for (const nn::Index threads : {1, 2}) {
      nn::Trainer of_graph(graph, nn::MeanSquaredError{}, nn::SGD{}, {.threads = threads});
      nn::Trainer of_sequential(sequential, nn::MeanSquaredError{}, nn::SGD{}, {.threads = threads});
      for (int step = 0; step < 2; ++step) CHECK(of_graph.step(x, t) == of_sequential.step(x, t));
    }
    CHECK(test::have_same_bits(nn::Vector<float>(graph.parameters()), nn::Vector<float>(sequential.parameters())));
    CHECK(test::have_same_bits(nn::Matrix<float>(graph.predict(x)), nn::Matrix<float>(sequential.predict(x))));
  });
}

TEST_CASE("A final Softmax and CrossEntropy are differentiated as one in a graph, too") {
  nn::Graph<float> graph = row_of(nn::Shape(2), nn::Dense{3}, nn::Softmax{});
  graph.parameters().setConstant(100);  // each probability but one is 0 in float
  graph.parameters()[0] = 3000;
  nn::Trainer trainer(graph, nn::CrossEntropy{}, nn::SGD{});
  const double loss = trainer.step(nn::Matrix<float>{{1}, {1}}, {2});
  CHECK(loss == 2900);
}

TEST_CASE("Several inputs and outputs: a data set of lists, a loss for each output, fit, evaluate and gradients") {
  nn::Graph<float> graph = diamond<float>();
  const nn::Matrix<float> a = test::drawn<float>(4, 40, 1), b = test::drawn<float>(2, 40, 2);
  const std::vector<nn::Matrix<float>> targets{test::drawn<float>(2, 40, 3), test::drawn<float>(1, 40, 4)};
  const nn::Dataset data({a, b}, targets);
  const nn::OutputLosses loss{nn::OutputLoss{nn::MeanSquaredError{}, 2}, nn::OutputLoss{nn::Huber{}, 1, 0.5}};
  const double before = nn::evaluate(graph, loss, data).loss;
  nn::Trainer trainer(graph, loss, nn::Adam{});
  CHECK(trainer.fit(data, {.epochs = 20, .batch_size = 8}).epochs.back().loss < before);
  CHECK(std::isnan(nn::evaluate(graph, loss, data).accuracy));
  const double now = nn::evaluate(graph, loss, data).loss;
  CHECK(std::abs(trainer.step({a, b}, targets) - now) < 1e-6);
  const auto gradients = nn::gradients(graph, loss, std::vector{a, b}, targets);
  CHECK(gradients.input.rows() == 6);
  CHECK(gradients.input.row(4).cwiseAbs().maxCoeff() > 0);
}

TEST_CASE("A user's own layer of two inputs is trained, checked, named and shared by threads") {
  const auto made = [] {
    nn::Graph<double> graph;
    const auto x = graph.input({3});
    const auto value = graph.add(nn::Tanh{}, graph.add(nn::Dense{4}, x));
    graph.output(graph.add(nn::Dense{2}, graph.add("gate", GatedByTheUser{}, x, value)));
    graph.initialize(nn::Random{2});
    return graph;
  };
  nn::Graph<double> graph = made();
  CHECK(graph.tensor("gate.weight").rows() == 4);
  CHECK(graph.tensor("gate.weight").cols() == 3);
  const nn::Matrix<double> x = test::drawn<double>(3, 8, 1), t = test::drawn<double>(2, 8, 2);
  const auto check = nn::check_gradients(graph, nn::MeanSquaredError{}, x, t);
  CAPTURE(check.worst);
  CHECK(check.worst_relative_error < 1e-12);
  const auto trained = [&](nn::Index threads) {
    nn::Graph<double> copy = made();
    nn::Trainer trainer(copy, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}, {.threads = threads});
    for (int step = 0; step < 3; ++step) trainer.step(x, t);
    return nn::Vector<double>(copy.parameters());
  };
  CHECK(test::have_same_bits(trained(1), trained(2)));
  std::stringstream file;
  nn::save(graph, file);
  nn::Graph<double> other = made();
  other.parameters().setZero();
  nn::load(other, file);
  CHECK(other == graph);
}

TEST_CASE("A graph is saved, loaded and resumed from a checkpoint to the same bits, and another one is refused") {
  nn::Graph<float> graph = diamond<float>();
  std::stringstream file;
  nn::save(graph, file);
  nn::Graph<float> other = diamond<float>();
  other.parameters().setZero();
  nn::load(other, file);
  CHECK(other == graph);

  nn::Graph<float> crossed;  // the same layers, but Subtract's inputs are the other way round
  const auto a = crossed.input({1}), b = crossed.input({1});
  crossed.output(crossed.add(nn::Subtract{}, a, b));
  std::stringstream of_crossed;
  nn::save(crossed, of_crossed);
  nn::Graph<float> straight;
  const auto c = straight.input({1}), d = straight.input({1});
  straight.output(straight.add(nn::Subtract{}, d, c));
  CHECK_THROWS_AS(nn::load(straight, of_crossed), nn::load_error);

  const nn::Dataset data(test::drawn<float>(6, 20, 1), test::drawn<float>(3, 20, 2));
  nn::Graph<float> whole = diamond<float>(), halves = diamond<float>();
  nn::Trainer of_whole(whole, nn::MeanSquaredError{}, nn::Adam{});
  of_whole.fit(data, {.epochs = 4, .batch_size = 7});
  const test::Folder folder;
  nn::Trainer first(halves, nn::MeanSquaredError{}, nn::Adam{});
  first.fit(data, {.epochs = 4, .batch_size = 7, .on_epoch = [&](nn::Progress& progress) {
                     if (progress.epoch == 2) first.save_checkpoint(folder / "graph");
                   }});
  nn::Graph<float> resumed = diamond<float>();
  nn::Trainer second(resumed, nn::MeanSquaredError{}, nn::Adam{});
  second.resume(folder / "graph");
  second.fit(data, {.epochs = 4, .batch_size = 7});
  CHECK(resumed == whole);
}

TEST_CASE("What does not fit in a graph is said with the layer's number, and changes nothing") {
  nn::Graph<float> graph;
  const auto x = graph.input({2, 2, 1});
  const auto y = graph.input({3});
  const auto hidden = graph.add("hidden", nn::Dense{4}, x);
  const nn::Graph<float> before = graph;
  CHECK_THROWS_MATCHES(graph.add(nn::Concatenate{}, x, y), nn::shape_error,
                       Message("node 1 of the graph (Concatenate), after 2x2x1, 3: Concatenate: input 0 is 2x2x1 and "
                               "input 1 is 3, but only channels of images of one height and width can be put together; "
                               "put both through nn::Flatten{} first, or give them one size"));
  CHECK_THROWS_MATCHES(graph.add(nn::Tanh{}, hidden, y), nn::shape_error,
                       Message("node 1 of the graph (Tanh), after 4, 3: it reads one value, but was given 2; put them "
                               "together first, as nn::Concatenate{} does"));
  CHECK_THROWS_MATCHES(graph.add("hidden", nn::Tanh{}, hidden), nn::data_error,
                       Message("Graph::add: node 0 is named \"hidden\" already; take another"));
  CHECK_THROWS_MATCHES(
      graph.input({2, 2}), nn::shape_error,
      Message("Graph::input: got 2 sizes; give the number of features, or height, width and channels"));
  CHECK_THROWS_AS(graph.input({0}), nn::shape_error);
  CHECK_THROWS_AS(graph.output(x), nn::shape_error);
  CHECK_THROWS_AS(nn::Graph<float>().output(hidden), nn::shape_error);
  CHECK(graph == before);
}

TEST_CASE("A graph without an output, or with something that leads to none, is not run") {
  nn::Graph<float> graph;
  const auto x = graph.input({2}), unused = graph.input({3}, "angle");
  const auto hidden = graph.add("hidden", nn::Dense{4}, x);
  const nn::Matrix<float> sample = test::drawn<float>(5, 1, 1);
  CHECK_THROWS_MATCHES(graph.predict(sample), nn::shape_error,
                       Message("predict: the graph has no output; name one by graph.output(value)"));
  graph.output(hidden);
  CHECK_THROWS_MATCHES(
      graph.predict(sample), nn::shape_error,
      Message("predict: input 1 \"angle\" leads to no output of the graph; read it, make it an output, "
              "or leave it out"));
  const auto joined = graph.add(nn::Concatenate{}, hidden, unused);
  CHECK_THROWS_MATCHES(graph.predict(sample), nn::shape_error,
                       Message("predict: node 1 (Concatenate) leads to no output of the graph; read it, make it an "
                               "output, or leave it out"));
  graph.output(joined);
  CHECK(graph.predict(sample).rows() == 4 + 7);
  nn::Graph<float> first_unread;
  first_unread.input({3});
  first_unread.output(first_unread.add(nn::Dense{4}, first_unread.input({2})));
  CHECK_THROWS_WITH(first_unread.predict(sample),
                    Catch::Matchers::ContainsSubstring("predict: input 0 leads to no output"));
  CHECK_THROWS_MATCHES(nn::stacked(std::vector{test::drawn<float>(2, 3, 1), test::drawn<float>(2, 4, 1)}),
                       nn::shape_error,
                       Message("input 0 has 3 samples and input 1 has 4; give features x samples, one column for each "
                               "sample in all of them"));
}

TEST_CASE("what each output of a graph ends in is looked at before training") {
  nn::Graph<float> graph;
  const auto x = graph.input({2});
  const auto logits = graph.add(nn::Dense{3}, x);
  graph.output(graph.add(nn::Softmax{}, graph.add(nn::Softmax{}, logits)));
  graph.output(graph.add(nn::Dense{3}, x));
  CHECK_THROWS_MATCHES(nn::Trainer(graph, nn::MeanSquaredError{}, nn::SGD{}), nn::data_error,
                       Message("the network ends in the same activation twice, which flattens its outputs: leave out "
                               "one Softmax"));
}
