// SPDX-License-Identifier: MIT
#include <nn/training/step/sequences_by_length.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include <nn/formats/onnx/save.hpp>
#include <nn/network.hpp>

#include "../../catch.hpp"
#include "../../fixture.hpp"
#include "../../layers/image_cases.hpp"
#include "../../memory_watch.hpp"
#include "../../numbers.hpp"

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::Message;

namespace {

using Sequences = std::vector<nn::Matrix<double>>;
using OfAnyLength = nn::Network<double, nn::Sequence<2>, nn::LSTM<4>, nn::LastStep, nn::Dense<3>, nn::Softmax>;

// Sequences of 1 to `longest` steps, whose class is what their last step says.
struct Spoken {
  Sequences sequences;
  std::vector<int> labels;

  Spoken(int count, int longest, std::uint64_t seed) {
    nn::Random random(seed);
    for (int i = 0; i < count; ++i) {
      nn::Matrix<double> x(2, 1 + (i * 7) % longest);
      for (nn::Index k = 0; k < x.size(); ++k) x.data()[k] = 0.3 * random.normal();
      labels.push_back(i % 3);
      x(0, x.cols() - 1) += i % 3 - 1;
      sequences.push_back(x);
    }
  }
  nn::SequenceDataset data() const { return {sequences, labels}; }
};

const std::vector<nn::Index> padded_lengths{3, 6, 3, 4, 2, 6, 4, 5};

// A sequence of 4 features in each column, and `filling` behind its end.
nn::Matrix<double> padded_with(double filling) {
  nn::Matrix<double> all = test::drawn<double>(4 * 6, 8, 5);
  for (nn::Index i = 0; i < 8; ++i)
    all.col(i).tail(4 * (6 - padded_lengths[static_cast<std::size_t>(i)])).setConstant(filling);
  return all;
}

struct PaddedData : nn::Dataset {
  explicit PaddedData(double filling)
      : nn::Dataset(nn::Shape(1, 6, 4), padded_with(filling), test::drawn<double>(2, 8, 6)) {
    set_lengths(padded_lengths);
  }
};

using OfChosenLayers = nn::Sequential<double, nn::any_length>;

// Calls visit(network) for one network of each layer that reads sequences.
void for_each_network_of_sequences(const auto& visit) {
  const auto inside = [&](const auto&... layers) {
    OfChosenLayers network{nn::Sequence{4}};
    (network.add(layers), ...);
    CAPTURE(std::string(network.layer(0).name()), network.depth());
    visit(network.add(nn::MeanOverTime{}).add(nn::Dense{2}));
  };
  inside(nn::SimpleRNN{3}, nn::SimpleRNN{5, {.relu = true, .bias = false}});
  inside(nn::LSTM{3}, nn::LSTM{5});
  inside(nn::GRU{3}, nn::GRU{5, {.reset_after = false}});
  inside(nn::Bidirectional{nn::LSTM{3}}, nn::Bidirectional{nn::GRU{2}}, nn::Bidirectional{nn::SimpleRNN{2}});
  inside(nn::Conv1D{3, 2, {.padding = 1}});
  inside(nn::CausalConv1D{3, 2, {.dilation = 2}}, nn::CausalConv1D{2, 2});
  inside(nn::ConvTranspose1D{3, 3, {.stride = 2, .padding = 1}});
  inside(nn::MaxPool1D{2, {.stride = 1}}, nn::AveragePool1D{1});
  inside(nn::TimeDistributed{nn::Dense{1}}, nn::BinaryStep{}, nn::Embedding{2, 4}, nn::PositionalEncoding{});
  inside(nn::LearnedPositions{6}, nn::LayerNorm{}, nn::MultiHeadAttention{2});
  inside(nn::MultiHeadAttention{2, {.causal = true, .key_value_heads = 1, .rotary = true}}, nn::RMSNorm{});
  inside(nn::TransformerBlock{2, 3, {.norm_first = true}}, nn::TransformerBlock{2, 3}, nn::FeedForward{3});
  for (const bool is_last : {false, true}) {
    OfChosenLayers network{nn::Sequence{4}, nn::LSTM{3}};
    visit(is_last ? network.add(nn::LastStep{}).add(nn::Dense{2}) : network.add(nn::MaxOverTime{}).add(nn::Dense{2}));
  }
}

}  // namespace

TEST_CASE("Sequences of one length are gathered together, the short ones first") {
  nn::detail::SequencesByLength<float> batch;
  const nn::Matrix<float> x{{1, 3, 5}, {2, 4, 6}}, t{{7, 8, 9}};
  const std::vector<nn::Index> lengths{2, 1, 2};
  batch.order_by(lengths);
  CHECK(batch.find(lengths, 0) == 1);
  CHECK(batch.count == 1);
  CHECK(batch.find(lengths, 1) == 2);
  CHECK(batch.count == 2);
  const std::vector<double> weights{0.5, 1, 2};
  batch.gather({x.data(), 2, 3}, 2, {t.data(), 1, 3}, 1, weights, 1);
  CHECK(batch.x() == nn::Matrix<float>{{1, 5}, {2, 6}});
  CHECK(batch.targets.view() == nn::Vector<float>{{7, 9}});
  CHECK(batch.weights == std::vector<double>{0.5, 2});
}

TEST_CASE("The loss of a batch of sequences is the mean of their own, and its gradient, too") {
  const Spoken spoken(9, 4, 1);
  OfAnyLength network;
  nn::Vector<double> gradient = nn::Vector<double>::Zero(network.parameter_count());
  double loss = 0;
  for (std::size_t i = 0; i < spoken.sequences.size(); ++i) {
    const auto one = nn::gradients(network, nn::CrossEntropy{}, spoken.sequences[i], spoken.labels[i]);
    gradient += one.parameters / 9;
    loss += one.loss / 9;
  }
  const nn::Vector<double> before = network.parameters();
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.5}};
  CHECK(trainer.step(spoken.sequences, spoken.labels) == Approx(loss).epsilon(1e-12));
  CHECK((network.parameters() - (before - 0.5 * gradient)).cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE("A sequence has the same gradient alone and beside longer ones of weight 0") {
  const Spoken spoken(4, 4, 1);
  const auto updated = [&](const Sequences& sequences, const std::vector<int>& labels,
                           const std::vector<double>& weights, double rate) {
    OfAnyLength network;
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = rate}};
    trainer.step(sequences, labels, weights);
    return nn::Vector<double>(network.parameters());
  };
  const Sequences alone{spoken.sequences[0]};
  CHECK(updated(spoken.sequences, spoken.labels, {1, 0, 0, 0}, 0.5) == updated(alone, {spoken.labels[0]}, {1}, 0.125));
}

TEST_CASE("What stands behind the end of a sequence changes no bit, forward, backward and after fit, for every layer") {
  for_each_network_of_sequences([](const OfChosenLayers& untrained) {
    const auto after_steps = [&](double filling) {
      OfChosenLayers network = untrained;
      nn::TrainingStep step{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}, nn::TrainerOptions{}};
      const nn::Matrix<double> x = padded_with(filling), t = test::drawn<double>(2, 8, 6);
      double loss = 0;
      for (int update = 0; update < 2; ++update) loss = step({x.data(), 24, 8}, {t.data(), 2, 8}, {}, padded_lengths);
      CHECK(std::isfinite(loss));
      return nn::Vector<double>(network.parameters());
    };
    const test::FreshMemory nothing_is_known(0xFF);
    const nn::Vector<double> learned = after_steps(0);
    CHECK(learned.allFinite());
    CHECK(test::have_same_bits(learned, after_steps(test::not_a_number<double>)));

    const auto after_fit = [&](double filling) {
      OfChosenLayers network = untrained;
      nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{}};
      const PaddedData data(filling);
      trainer.fit(data, {.epochs = 2, .batch_size = 3});
      nn::Vector<double> all(network.parameter_count() + 1);
      all << network.parameters(), nn::evaluate(network, nn::MeanSquaredError{}, data).loss;
      return all;
    };
    const nn::Vector<double> fitted = after_fit(0);
    CHECK(fitted.allFinite());
    CHECK(test::have_same_bits(fitted, after_fit(std::numeric_limits<double>::max())));
  });
}

TEST_CASE("A sequence has the same bits alone and in any batch, forward and backward, for every layer") {
  const nn::Matrix<double> padded = padded_with(0);
  std::vector<nn::Matrix<double>> sequences;
  for (std::size_t i = 0; i < 8; ++i)
    sequences.emplace_back(
        padded.col(static_cast<nn::Index>(i)).head(4 * padded_lengths[i]).reshaped(4, padded_lengths[i]));
  for_each_network_of_sequences([&](const OfChosenLayers& untrained) {
    const auto updated = [&](const std::vector<nn::Matrix<double>>& batch, const std::vector<double>& weights,
                             double rate) {
      OfChosenLayers network = untrained;
      nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = rate}};
      trainer.step(batch, nn::Matrix<double>::Ones(2, static_cast<nn::Index>(batch.size())), weights);
      return nn::Vector<double>(network.parameters());
    };
    const nn::Matrix<double> together = untrained.predict(sequences);
    for (const std::size_t i : {1U, 3U, 4U}) {  // one of the longest, one between, the shortest
      const std::vector<nn::Matrix<double>> alone{sequences[i]};
      CHECK(test::have_same_bits(untrained.predict(sequences[i]),
                                 nn::Matrix<double>(together.col(static_cast<nn::Index>(i)))));
      std::vector<double> weights(8);
      weights[i] = 1;
      CHECK(test::have_same_bits(updated(sequences, weights, 0.5), updated(alone, {1}, 0.5 / 8)));
    }
  });
}

TEST_CASE("Sequences of different lengths are learned as PyTorch learns them packed and masked, one alone and seven") {
  const auto check = [](const std::string& name, OfChosenLayers network) {
    CAPTURE(name);
    const nn::Vector<double> losses = test::fixture("lengths", name + ".losses");
    const nn::Vector<double> trained = test::fixture("lengths", name + ".trained");
    const std::vector<nn::Index> lengths{3, 6, 1, 4, 6, 2, 5};
    const nn::Index samples = name.find(".1") != std::string::npos ? 1 : 7;
    const nn::Matrix<double> all = test::scattered(4, 27, 31, 4099);
    Sequences sequences;
    nn::Index begin = 0;
    for (nn::Index i = 0; i < samples; begin += lengths[static_cast<std::size_t>(i++)])
      sequences.emplace_back(all.middleCols(begin, lengths[static_cast<std::size_t>(i)]));
    const nn::Matrix<double> targets = test::scattered(2, samples, 17, 211);
    REQUIRE(network.parameter_count() == trained.size());
    network.parameters() = 0.5 * test::scattered(network.parameter_count(), 1, 7919, 10007);
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{.learning_rate = 0.01}};
    double worst = 0;
    for (const double loss : losses) worst = std::max(worst, std::abs(trainer.step(sequences, targets) - loss));
    CHECK(worst < 1e-10);
    CHECK((network.parameters() - trained).cwiseAbs().maxCoeff() < 1e-10);
  };
  for (const std::string samples : {".1", ".7"}) {
    const auto both_ways = [&](const std::string& name, const auto& layer) {
      const nn::Bidirectional both{layer};
      check(name + samples, OfChosenLayers{nn::Sequence{4}, both, both, nn::LastStep{}, nn::Dense{2}});
    };
    both_ways("rnn", nn::SimpleRNN{4});
    both_ways("lstm", nn::LSTM{4});
    both_ways("gru", nn::GRU{4});
    check("transformer" + samples,
          OfChosenLayers{nn::Sequence{4}, nn::TransformerBlock{2, 7}, nn::MeanOverTime{}, nn::Dense{2}});
  }
}

TEST_CASE("The reverse direction begins at each sequence's own end, in any batch and for every step") {
  const Spoken spoken(6, 5, 2);
  nn::Sequential<double, nn::any_length> network{
      nn::Sequence{2}, nn::Bidirectional{nn::LSTM{3}}, nn::Bidirectional{nn::GRU{2}}, nn::MeanOverTime{}, nn::Dense{3},
      nn::Softmax{}};
  const nn::Matrix<double> together = network.predict(spoken.sequences);
  nn::Vector<double> gradient = nn::Vector<double>::Zero(network.parameter_count());
  for (std::size_t i = 0; i < spoken.sequences.size(); ++i) {
    const nn::Matrix<double>& x = spoken.sequences[i];
    CHECK(together.col(static_cast<nn::Index>(i)) ==
          network.at({1, x.cols(), 2}).predict(nn::Matrix<double>(x.reshaped())));
    gradient += nn::gradients(network, nn::CrossEntropy{}, x, spoken.labels[i]).parameters / 6;
  }
  const nn::Vector<double> before = network.parameters();
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.5}};
  trainer.step(spoken.sequences, spoken.labels);
  CHECK((network.parameters() - (before - 0.5 * gradient)).cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE("The gradients of a network for any length are right") {
  const Spoken spoken(2, 5, 3);
  const OfAnyLength network;
  const nn::GradientCheck check =
      nn::check_gradients(network, nn::CrossEntropy{}, spoken.sequences[1], std::vector{spoken.labels[1]});
  CHECK(check.derivatives == network.parameter_count() + spoken.sequences[1].size());
  CHECK(check.worst_relative_error < 1e-10);
}

TEST_CASE("fit learns from sequences of different lengths, and evaluate and the report measure them all") {
  const Spoken spoken(90, 6, 1), others(60, 9, 2);
  OfAnyLength network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{.learning_rate = 0.02}};
  const nn::SequenceDataset train = spoken.data(), test = others.data();
  const nn::History history = trainer.fit(train, {.epochs = 25, .batch_size = 10, .validation = &test});
  CHECK(history.epochs.back().loss < 0.3 * history.epochs.front().loss);
  const nn::Evaluation evaluation = nn::evaluate(network, nn::CrossEntropy{}, test, {.keep_losses = true});
  CHECK(evaluation.accuracy > 0.9);
  nn::Index right = 0;
  for (std::size_t i = 0; i < others.sequences.size(); ++i) {
    nn::Index best = 0;
    const nn::Matrix<double> y = network.predict(others.sequences[i]);
    y.col(0).maxCoeff(&best);
    right += best == others.labels[i];
    CHECK(evaluation.losses[i] == Approx(-std::log(y(others.labels[i], 0))));
  }
  CHECK(evaluation.accuracy == Approx(static_cast<double>(right) / 60));
  CHECK(nn::evaluate(network, nn::CrossEntropy{}, test, {.batch_size = 7, .threads = 2}).loss == evaluation.loss);
  const nn::ClassificationReport report = nn::classification_report(network, test);
  CHECK(report.accuracy == Approx(evaluation.accuracy));
  CHECK_NOTHROW(nn::diagnose(trainer, train));
}

TEST_CASE("Any number of threads gives the bits of one for sequences of different lengths, and so does a checkpoint") {
  const Spoken spoken(40, 3, 1);
  const nn::SequenceDataset data = spoken.data();
  const auto trained = [&](nn::Index threads, bool is_resumed) {
    OfAnyLength network;
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{}, {.threads = threads}};
    if (!is_resumed) {
      trainer.fit(data, {.epochs = 4, .batch_size = 20});
    } else {
      const std::string path = "sequences_by_length.checkpoint";
      trainer.fit(data, {.epochs = 2, .batch_size = 20});
      trainer.save_checkpoint(path);
      OfAnyLength other;
      nn::Trainer later{other, nn::CrossEntropy{}, nn::Adam{}, {.threads = threads}};
      later.resume(path);
      std::remove(path.c_str());
      later.fit(data, {.epochs = 4, .batch_size = 20});
      return nn::Vector<double>(other.parameters());
    }
    return nn::Vector<double>(network.parameters());
  };
  const nn::Vector<double> once = trained(1, false);
  CHECK(trained(2, false) == once);
  CHECK(trained(3, false) == once);
  CHECK(trained(1, true) == once);
}

TEST_CASE("Each step may have a label, and counts alike within its sequence") {
  // A GRU that says of each step whether it is above 0.
  nn::Network<double, nn::Sequence<1>, nn::GRU<4>, nn::Conv1D<2, 1>, nn::Softmax> network;
  nn::Random random(1);
  Sequences sequences;
  std::vector<std::vector<int>> labels;
  for (int i = 0; i < 40; ++i) {
    nn::Matrix<double>& x = sequences.emplace_back(1, 2 + i % 4);
    std::vector<int>& of_steps = labels.emplace_back();
    for (nn::Index step = 0; step < x.cols(); ++step) {
      x(0, step) = random.normal();
      of_steps.push_back(x(0, step) > 0);
    }
  }
  const nn::SequenceDataset data(sequences, labels);
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{.learning_rate = 0.05}};
  trainer.fit(data, {.epochs = 40, .batch_size = 8});
  const nn::Evaluation evaluation = nn::evaluate(network, nn::CrossEntropy{}, data);
  CHECK(evaluation.accuracy > 0.95);
  double sum = 0;
  for (std::size_t i = 0; i < sequences.size(); ++i)
    sum += nn::gradients(network, nn::CrossEntropy{}, sequences[i], labels[i]).loss / 40;
  CHECK(evaluation.loss == Approx(sum));
}

TEST_CASE("A network for any length is saved and loaded, and split data keep their lengths") {
  const Spoken spoken(20, 5, 1);
  OfAnyLength network, other;
  network.initialize(nn::Random{7});
  const std::string path = "sequences_by_length.json";
  nn::save(network, path, {.self_test = true});
  nn::load(other, path);
  CHECK(other == network);
  CHECK(other.predict(spoken.sequences[3]) == network.predict(spoken.sequences[3]));
  CHECK_THROWS_WITH(nn::load_network<double>(path), ContainsSubstring("nn::load_network<float, nn::any_length>"));
  const auto loaded = nn::load_network<double, nn::any_length>(path);
  CHECK(loaded.parameters() == network.parameters());
  CHECK(loaded.predict(spoken.sequences[3]) == network.predict(spoken.sequences[3]));
  nn::save(loaded, path);
  nn::load(other, path);
  CHECK(other == network);
  nn::save(nn::Network{nn::Sequence{2, 4}, nn::LastStep{}, nn::Dense{1}}, path);
  CHECK_THROWS_WITH((nn::load_network<float, nn::any_length>(path)),
                    ContainsSubstring("reads samples of 1x4x2 only; take nn::load_network<float>"));
  std::remove(path.c_str());
  std::ostringstream stream;
  CHECK_THROWS_AS(nn::save_onnx(network, stream), nn::load_error);
  const nn::Split parts = nn::split(spoken.data(), {.train = 0.5, .test = 0.5}, nn::Random(1));
  CHECK(parts.train.lengths().size() == 10);
  CHECK(parts.test->lengths().size() == 10);
}

TEST_CASE("A network for any length whose layers are chosen at run time learns as one with layers in its type") {
  const Spoken spoken(24, 6, 1);
  const nn::SequenceDataset data = spoken.data();
  OfAnyLength in_type;
  nn::Sequential<double, nn::any_length> chosen{nn::Sequence{2}};
  CHECK(chosen.predict(spoken.sequences[0]) == spoken.sequences[0]);
  chosen.add(nn::LSTM{4}).add(nn::LastStep{}).add(nn::Dense{3}).add(nn::Softmax{});
  CHECK(chosen.parameters() == in_type.parameters());
  CHECK(chosen.descriptions() == in_type.descriptions());
  nn::Trainer of_type{in_type, nn::CrossEntropy{}, nn::Adam{}};
  nn::Trainer of_chosen{chosen, nn::CrossEntropy{}, nn::Adam{}};
  of_type.fit(data, {.epochs = 2, .batch_size = 7});
  of_chosen.fit(data, {.epochs = 2, .batch_size = 7});
  CHECK(chosen.parameters() == in_type.parameters());
  CHECK(chosen.predict(spoken.sequences) == in_type.predict(spoken.sequences));
  CHECK(nn::evaluate(chosen, nn::CrossEntropy{}, data).loss == nn::evaluate(in_type, nn::CrossEntropy{}, data).loss);
  CHECK(nn::Stream(chosen).steps(spoken.sequences[1]) == nn::Stream(in_type).steps(spoken.sequences[1]));

  // A layer that does not fit leaves it as it was; one that looks at several steps makes the shortest longer.
  const nn::Sequential<double, nn::any_length> before = chosen;
  CHECK_THROWS_AS(chosen.add(nn::Reshape{1, 2, 2}), nn::shape_error);
  CHECK(chosen == before);
  nn::Sequential<double, nn::any_length> wide{nn::Sequence{2}, nn::ReLU{}, nn::Conv1D{3, 3}};
  CHECK(wide.input_shape() == nn::Shape(1, 4, 2));
  CHECK(wide.predict(nn::Matrix<double>::Ones(2, 9)).cols() == 7);
  CHECK_THROWS_WITH(wide.add(nn::Dense{3}), ContainsSubstring("whose parameters do not depend on the size"));
  CHECK_THROWS_AS(wide.predict(nn::Matrix<double>::Ones(3, 9)), nn::shape_error);
}

TEST_CASE("What does not fit sequences of different lengths is refused, and changes nothing") {
  const Spoken spoken(6, 3, 1);
  const nn::SequenceDataset data = spoken.data();
  nn::Network fixed{nn::Sequence{2, 3}, nn::LSTM{4}, nn::LastStep{}, nn::Dense{3}, nn::Softmax{}};
  nn::Trainer of_fixed{fixed, nn::CrossEntropy{}, nn::SGD{}};
  CHECK_THROWS_MATCHES(of_fixed.fit(data), nn::shape_error,
                       Message("fit: the sequences have different lengths, but the network reads samples of 1x3x2 "
                               "only; begin it with nn::Sequence<2>"));
  nn::Network every{nn::Sequence{2}, nn::LSTM{3}, nn::Softmax{}};
  nn::Trainer of_every{every, nn::CrossEntropy{}, nn::SGD{}};
  CHECK_THROWS_MATCHES(of_every.fit(data), nn::shape_error,
                       Message("fit: the data set has one label for each sequence, but the network has outputs for "
                               "each step; let a LastStep come before the last Dense, or give labels for each step"));
  nn::Network normed{nn::Sequence{2}, nn::LSTM{4}, nn::LastStep{}, nn::BatchNorm{}, nn::Dense{3}, nn::Softmax{}};
  const nn::Vector<float> before = normed.parameters();
  nn::Trainer of_normed{normed, nn::CrossEntropy{}, nn::SGD{}};
  CHECK_THROWS_AS(of_normed.fit(data), nn::data_error);
  CHECK(normed.parameters() == before);

  nn::Network<nn::Sequence<1>, nn::LSTM<3>, nn::LastStep, nn::Dense<3>, nn::Softmax> narrow;
  nn::Trainer of_narrow{narrow, nn::CrossEntropy{}, nn::SGD{}};
  CHECK_THROWS_MATCHES(of_narrow.fit(data), nn::shape_error,
                       Message("fit: the sequences have 2 features for each step, but the network reads 1; begin it "
                               "with nn::Sequence<2>"));
  nn::Network wide{nn::Sequence{2}, nn::Conv1D{4, 3}, nn::MaxOverTime{}, nn::Dense{3}, nn::Softmax{}};
  const nn::Vector<float> at_first = wide.parameters();
  nn::Trainer of_wide{wide, nn::CrossEntropy{}, nn::SGD{}};
  CHECK_THROWS_AS(of_wide.fit(data), nn::shape_error);  // some have fewer steps than the kernel
  CHECK(wide.parameters() == at_first);
  CHECK_THROWS_AS(nn::Standardize::fit(data.subset(0, 6)), nn::data_error);
  CHECK_THROWS_AS(data.with_inputs(data.inputs<double>()), nn::data_error);
}

TEST_CASE("Sequences that are left over by whole batches are drawn anew, also the longest") {
  // A network that learns only while it sees the single long sequence, whose weight alone is not 0.
  Spoken spoken(7, 3, 1);
  for (std::size_t i = 0; i < 7; ++i) spoken.sequences[i] = nn::Matrix<double>::Ones(2, i == 6 ? 9 : 1 + i % 3);
  const nn::Dataset data = spoken.data().with_weights({0, 0, 0, 0, 0, 0, 1});
  OfAnyLength network;
  const nn::Vector<double> before = network.parameters();
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}};
  int epochs_with_it = 0;
  nn::Vector<double> last = before;
  trainer.fit(data, {.epochs = 20, .batch_size = 3, .drop_last = true, .on_epoch = [&](const nn::Progress&) {
                       epochs_with_it += network.parameters() != last;
                       last = network.parameters();
                       return true;
                     }});
  CHECK(epochs_with_it > 5);
  CHECK(epochs_with_it < 20);
}
