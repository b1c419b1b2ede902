// SPDX-License-Identifier: MIT
// A layer of a user's own, with three tensors, written from outside of the library: it is trained, checked, shared by
// threads, saved and loaded in all kinds of networks, with nothing but what stands here.
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include <nn/network.hpp>

#include "catch.hpp"

namespace {

using nn::Index;

// y = (V x) sigmoid(G x + c), a gated linear unit (Dauphin et al. 2017).
struct Gated {
  Index units = 3;

  static constexpr std::string_view name() { return "Gated"; }
  constexpr nn::Shape output_shape(nn::Shape) const { return nn::Shape(units); }
  constexpr void tensors(nn::Shape input, auto tensor) const {
    tensor({"value", units, input.size(), nn::Role::weight});
    tensor({"gate", units, input.size(), nn::Role::weight});
    tensor({"gate_bias", units, 1, nn::Role::bias});
  }
  void initialize(nn::Shape input, auto&& parameters, const nn::Initializer& initializer, nn::Random& random) const {
    using T = typename std::remove_cvref_t<decltype(parameters)>::Scalar;
    const Index size = units * input.size();
    initializer(nn::MatrixView<T>(parameters.data(), units, input.size()), input.size(), units, random);
    initializer(nn::MatrixView<T>(parameters.data() + size, units, input.size()), input.size(), units, random);
    parameters.tail(units).setZero();
  }

  // What the way back needs of each sample: the values and the gates, and then the gradients of V x and of G x + c.
  constexpr Index memory_size(nn::Shape) const { return 2 * units; }

  void forward(nn::Shape, const auto& parameters, const auto& x, auto&& y, const auto& mode) const {
    using std::exp;
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    const Index features = x.rows();
    for (Index sample = 0; sample < x.cols(); ++sample)
      for (Index i = 0; i < units; ++i) {
        T value = 0, z = parameters[2 * features * units + i];
        for (Index j = 0; j < features; ++j) {
          value += parameters[j * units + i] * x(j, sample);
          z += parameters[(features + j) * units + i] * x(j, sample);
        }
        const T gate = T(1) / (T(1) + exp(-z));
        kept(mode.memory.values, mode, sample)[i] = value;
        kept(mode.memory.values, mode, sample)[units + i] = gate;
        y(i, sample) = value * gate;
      }
  }
  template <class T>
  void input_gradient(nn::Shape, const auto& values, auto& gradients, const nn::Training<T>& mode) const {
    const Index features = values.input.rows();
    if (gradients.wanted != nn::InputGradient::none) gradients.input.setZero();
    for (Index sample = 0; sample < values.input.cols(); ++sample)
      for (Index i = 0; i < units; ++i) {
        const T value = kept(mode.memory.values, mode, sample)[i];
        const T gate = kept(mode.memory.values, mode, sample)[units + i];
        const T dy = gradients.output(i, sample), dv = dy * gate, dz = dy * value * gate * (1 - gate);
        kept(mode.memory.gradients, mode, sample)[i] = dv;
        kept(mode.memory.gradients, mode, sample)[units + i] = dz;
        if (gradients.wanted == nn::InputGradient::none) continue;
        for (Index j = 0; j < features; ++j)
          gradients.input(j, sample) +=
              values.parameters[j * units + i] * dv + values.parameters[(features + j) * units + i] * dz;
      }
  }
  template <class T>
  void add_parameter_gradient(nn::Shape, const auto& values, const auto&, T* target, T scale, nn::Shard shard,
                              const nn::Training<T>& mode) const {
    const Index features = values.input.rows();
    for (Index sample = 0; sample < values.input.cols(); ++sample)
      for (Index i = 0; i < units; ++i) {
        const T dv = kept(mode.memory.gradients, mode, sample)[i];
        const T dz = kept(mode.memory.gradients, mode, sample)[units + i];
        for (Index j = shard.first(features); j < shard.last(features); ++j)
          target[j * units + i] += scale * dv * values.input(j, sample);
        if (!shard.is_last()) continue;
        for (Index j = 0; j < features; ++j) target[(features + j) * units + i] += scale * dz * values.input(j, sample);
        target[2 * features * units + i] += scale * dz;
      }
  }
  void describe(auto option) const { option("units", units); }
  constexpr bool operator==(const Gated&) const = default;

 private:
  // The numbers of one sample.
  auto* kept(auto* memory, const auto& mode, Index sample) const {
    return memory + (mode.first_sample + sample) * 2 * units;
  }
};

template <class T>
auto in_types() {
  return nn::Network{nn::Input<5>{}, nn::Dense<7>{}, Gated{4}, nn::Dense<2>{}};
}
template <class T>
auto nested() {
  return nn::Network{nn::Input{5}, nn::Residual{Gated{5}, nn::Tanh{}}, nn::Chain{Gated{3}, nn::Dense{2}}};
}
template <class T>
auto added() {
  nn::Sequential<T> network{nn::Input{5}};
  network.add(nn::Dense{6}).add(Gated{4}).add(nn::Residual{Gated{4}}).add(nn::Dense{2});
  return network;
}

// Calls check(network) for each kind of network, its parameters drawn.
template <class Check>
void for_each_network(Check&& check) {
  const auto start = [&](auto network) {
    network.initialize(nn::Random{3});
    check(network);
  };
  start(in_types<float>());
  start(nested<float>());
  start(added<float>());
}

nn::Matrix<float> inputs(Index samples) {
  nn::Random random{7};
  nn::Matrix<float> x(5, samples);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(random.normal());
  return x;
}
nn::Matrix<float> targets(const nn::Matrix<float>& x) {
  nn::Matrix<float> t(2, x.cols());
  t.row(0) = x.row(0).cwiseProduct(x.row(1));
  t.row(1) = x.row(2) - x.row(4);
  return t;
}

}  // namespace

TEST_CASE("a user's layer of three tensors has its names in every kind of network") {
  auto network = in_types<float>();
  std::vector<std::string> names;
  for (const auto& tensor : network.tensors()) names.push_back(tensor.name);
  CHECK(names ==
        std::vector<std::string>{"0.weight", "0.bias", "1.value", "1.gate", "1.gate_bias", "2.weight", "2.bias"});
  auto inside = nested<float>();
  CHECK(inside.tensor("0.0.gate").rows() == 5);
  CHECK(inside.tensor("1.0.gate_bias").size() == 3);
}

TEST_CASE("a user's layer of three tensors passes the check of its gradients") {
  for_each_network([](const auto& network) {
    const nn::Matrix<float> x = inputs(3);
    const nn::GradientCheck check = nn::check_gradients(network, nn::MeanSquaredError{}, x, targets(x));
    CHECK(check.worst_relative_error < 1e-4);  // floats against dual numbers
    CHECK(check.derivatives == network.parameter_count() + x.size());
  });
}

TEST_CASE("a user's layer of three tensors learns, with the same bits on any number of threads") {
  for_each_network([](const auto& start) {
    const nn::Matrix<float> x = inputs(60);
    const nn::Dataset data{x, targets(x)};
    const auto trained = [&](const auto& optimizer, Index threads) {
      auto network = start;
      nn::Trainer trainer{network, nn::MeanSquaredError{}, optimizer, {.threads = threads}};
      trainer.fit(data, {.epochs = 30, .batch_size = 6});
      return network;
    };
    const auto loss = [&](const auto& network) { return nn::evaluate(network, nn::MeanSquaredError{}, data).loss; };
    const auto one = trained(nn::AdamW{.learning_rate = 0.02, .weight_decay = 0.01}, 1);
    CHECK(loss(one) < 0.5 * loss(start));
    CHECK(trained(nn::AdamW{.learning_rate = 0.02, .weight_decay = 0.01}, 3) == one);
    const auto plain = trained(nn::SGD{.learning_rate = 0.02}, 1);
    CHECK(loss(plain) < loss(start));
    CHECK(trained(nn::SGD{.learning_rate = 0.02}, 3) == plain);
  });
}

TEST_CASE("of a user's layer the weights decay, and the bias does not") {
  nn::Network network{nn::Input{2}, Gated{2}};
  network.parameters().setConstant(1);
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1, .weight_decay = 0.5}};
  trainer.step(nn::Vector<float>::Zero(2), nn::Vector<float>::Zero(2));  // no gradient but that of the decay
  CHECK(network.tensor("0.value")(0, 0) == Approx(0.95));
  CHECK(network.tensor("0.gate")(1, 1) == Approx(0.95));
  CHECK(network.tensor("0.gate_bias")(0, 0) == 1);
}

TEST_CASE("a user's layer of three tensors is saved and loaded, tensor by tensor") {
  for_each_network([](const auto& network) {
    std::stringstream file;
    nn::save(network, file);
    auto loaded = network;
    loaded.parameters().setZero();
    nn::load(loaded, file);
    CHECK(loaded == network);
  });
}

TEST_CASE("a file whose tensors do not fit is refused in words, and nothing is changed") {
  nn::Network network{nn::Input{1}, Gated{1}};
  const auto refused = [&](const std::string& tensors) {
    const auto before = network;
    std::stringstream file(R"({"W": [[0], [[1]]], "B": [[0], []])" + tensors + "}");
    std::string sentence;
    try {
      nn::load(network, file);
    } catch (const nn::load_error& error) {
      sentence = error.what();
    }
    CHECK((sentence.empty() || network == before));
    return sentence;
  };
  using Catch::Matchers::Contains;
  CHECK_THAT(refused(""), Contains("lacks \"tensors\", of which this network has 2"));
  CHECK_THAT(refused(R"(, "tensors": {"0.gate": [[1]]})"), Contains("lacks \"0.gate_bias\", which this network has"));
  CHECK_THAT(refused(R"(, "tensors": {"0.gate": [[1]], "0.gate_bias": [[1], [2]]})"),
             Contains("tensors[\"0.gate_bias\"] has more than the 1 rows that this network needs"));
  CHECK_THAT(refused(R"(, "tensors": {"0.gate": [[1, 2]], "0.gate_bias": [[1]]})"),
             Contains("tensors[\"0.gate\"][0] has more than the 1 numbers that this network needs"));
  CHECK_THAT(refused(R"(, "tensors": {"0.gate": [[]], "0.gate_bias": [[1]]})"),
             Contains("tensors[\"0.gate\"][0] ends after 0 of the 1 numbers"));
  CHECK_THAT(refused(R"(, "tensors": {"0.gate": [], "0.gate_bias": [[1]]})"),
             Contains("tensors[\"0.gate\"] ends after 0 of the 1 rows"));
  CHECK_THAT(refused(R"(, "tensors": {"0.gate": 1})"), Contains("tensors[\"0.gate\"] is a number, but must be a list"));
  CHECK_THAT(refused(R"(, "tensors": {"0.gate": [[null]]})"), Contains("tensors[\"0.gate\"][0][0] is null"));
  CHECK_THAT(refused(R"(, "tensors": {"0.gate": [[1]], "0.gate": [[1]]})"), Contains("has \"0.gate\" twice"));
  CHECK_THAT(refused(R"(, "tensors": {"0.date": [[1]]})"), Contains("has \"0.date\", which this network has not"));
  CHECK_THAT(refused(R"(, "tensors": [1])"), Contains("tensors is a list, but must be an object"));
  CHECK(refused(R"(, "tensors": {"0.gate": [[2]], "0.gate_bias": [[3]]})").empty());
  CHECK(network.parameters() == nn::Vector<float>{{1, 2, 3}});

  nn::Network plain{nn::Input{1}, nn::Dense{1}};
  std::stringstream file(R"({"W": [[0], [[1]]], "B": [[0], [1]], "tensors": {"0.gate": [[1]]}})");
  CHECK_THROWS_WITH(nn::load(plain, file), Contains("has \"0.gate\", which this network has not"));
}

TEST_CASE("a number that is not finite in a user's tensor is named when it is saved") {
  nn::Network network{nn::Input{1}, Gated{1}};
  network.tensor("0.gate")(0, 0) = std::numeric_limits<float>::infinity();
  std::stringstream file;
  CHECK_THROWS_WITH(nn::save(network, file), Catch::Matchers::Contains("save: 0.gate row 0 column 0 is inf"));
}
