// SPDX-License-Identifier: MIT
#include <nn/training/step/sequence_pieces.hpp>

#include <cstdio>
#include <string>
#include <vector>

#include <nn/io/checkpoint.hpp>
#include <nn/network.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

using Catch::Matchers::ContainsSubstring;

namespace {

using PiecesOfSequences = std::vector<nn::Matrix<double>>;
using NetworkOfPieces =
    nn::Network<double, nn::Sequence<1>, nn::LSTM<2>, nn::GRU<2>, nn::TimeDistributed<nn::Dense<1>>>;
using AnyNetworkOfPieces = nn::Sequential<double, nn::any_length>;

// Two sequences of 7 and 4 steps, or as many as are given, with a target for each step.
nn::SequenceDataset series_for_pieces(const std::vector<nn::Index>& lengths = {7, 4}) {
  PiecesOfSequences x, y;
  for (nn::Index s = 0; s < static_cast<nn::Index>(lengths.size()); ++s) {
    x.emplace_back(1, lengths[static_cast<std::size_t>(s)]);
    y.emplace_back(1, x.back().cols());
    for (nn::Index t = 0; t < x.back().cols(); ++t) {
      x.back()(0, t) = 0.1 * static_cast<double>((3 * s + 7 * t) % 11) - 0.5;
      y.back()(0, t) = 0.1 * static_cast<double>((5 * s + 3 * t) % 7) - 0.3;
    }
  }
  return {x, y};
}

void set_parameters_for_pieces(auto&& parameters) {
  for (nn::Index i = 0; i < parameters.size(); ++i) parameters[i] = static_cast<double>(i * 37 % 101) / 101 - 0.5;
}

AnyNetworkOfPieces network_of_pieces() {
  AnyNetworkOfPieces network{nn::Sequence{1}};
  network.add(nn::SimpleRNN{3}).add(nn::Chain{nn::GRU{3, {.reset_after = false}}, nn::Residual{nn::LSTM{3}}});
  network.add(nn::Dropout{0.3}).add(nn::TimeDistributed{nn::Dense{1}});
  set_parameters_for_pieces(network.parameters());
  return network;
}

nn::Vector<double> fitted_in_pieces(const nn::FitOptions& options, nn::Index threads = 1) {
  AnyNetworkOfPieces network = network_of_pieces();
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{}, {.threads = threads}};
  trainer.fit(series_for_pieces({7, 4, 9, 7, 9, 2, 7}), options);
  return network.parameters();
}

// The two series, with `filling` behind the end of the second.
struct PaddedSeriesForPieces : nn::Dataset {
  explicit PaddedSeriesForPieces(double filling)
      : nn::Dataset(nn::Shape(1, 7, 1), padded(series_for_pieces().inputs<double>(), filling),
                    nn::Matrix<double>(series_for_pieces().targets<double>())) {
    set_lengths({7, 4});
  }
  static nn::Matrix<double> padded(nn::Matrix<double> x, double filling) {
    x.col(1).tail(3).setConstant(filling);
    return x;
  }
};

}  // namespace

TEST_CASE("Sequences are cut into pieces, the short ones first, and drop out where they end") {
  nn::detail::SequencePieces<float> pieces;
  const nn::Matrix<float> x{{1, 11}, {2, 12}, {3, 13}, {4, 99}, {5, 99}};
  const std::vector<nn::Index> lengths{5, 3};
  const std::vector<double> weights{0.5, 2};
  const nn::ConstMatrixView<float> all(x.data(), 5, 2);
  pieces.begin({all, all, weights, lengths}, 1, 1, 1);
  REQUIRE(pieces.next(2));
  CHECK(pieces.x() == nn::Matrix<float>{{11, 1}, {12, 2}});
  CHECK(pieces.lengths().empty());
  CHECK(pieces.weights()[0] == 2);
  nn::Carried<float> carried = pieces.carried();
  CHECK((carried.numbers[0] == 0 && carried.numbers[carried.stride] == 0));
  carried.numbers[carried.next] = 7;
  carried.numbers[carried.stride + carried.next] = 8;
  REQUIRE(pieces.next(2));
  CHECK(pieces.x().col(1) == nn::Vector<float>{{3, 4}});
  CHECK(pieces.targets()(0, 0) == 13);
  CHECK(std::vector<nn::Index>(pieces.lengths().begin(), pieces.lengths().end()) == std::vector<nn::Index>{1, 2});
  CHECK(pieces.step_count() == 3);
  carried = pieces.carried();
  CHECK((carried.numbers[0] == 7 && carried.numbers[carried.stride] == 8 && carried.steps_before == 2));
  carried.numbers[carried.stride + carried.next] = 9;
  REQUIRE(pieces.next(2));
  CHECK(pieces.x() == nn::Matrix<float>{{5}});
  CHECK(pieces.weights().size() == 1);
  CHECK(pieces.carried().numbers[0] == 9);
  CHECK_FALSE(pieces.next(2));
}

TEST_CASE("fit with truncate does what PyTorch does with the state detached after each piece") {
  NetworkOfPieces network;
  set_parameters_for_pieces(network.parameters());
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.5}};
  const nn::SequenceDataset data = series_for_pieces();
  const nn::History history = trainer.fit(data, {.epochs = 2, .batch_size = 2, .shuffle = false, .truncate = 3});
  CHECK(trainer.step_count() == 6);
  CHECK(history.epochs[0].loss == Approx(0.07147592185646047).epsilon(1e-12));
  CHECK(history.epochs[1].loss == Approx(0.061452143652771192).epsilon(1e-12));
  nn::Matrix<double> x(1, 7);
  for (nn::Index t = 0; t < 7; ++t) x(0, t) = 0.1 * static_cast<double>(7 * t % 11) - 0.5;
  const nn::Vector<double> expected{{0.087835769145992865, 0.11694797795668997, 0.13073984877079178,
                                     0.13354202483043665, 0.13566144269577898, 0.13838531346687716,
                                     0.13693100420009596}};
  CHECK((nn::Vector<double>(network.predict(x).reshaped()) - expected).cwiseAbs().maxCoeff() < 1e-13);
}

TEST_CASE("Pieces as long as the sequences are the sequences, to the bit") {
  NetworkOfPieces network;
  set_parameters_for_pieces(network.parameters());
  NetworkOfPieces whole = network;
  nn::Trainer in_pieces{network, nn::MeanSquaredError{}, nn::Adam{}};
  nn::Trainer at_once{whole, nn::MeanSquaredError{}, nn::Adam{}};
  in_pieces.fit(series_for_pieces({3, 2, 3, 5}), {.epochs = 3, .batch_size = 2, .truncate = 5});
  at_once.fit(series_for_pieces({3, 2, 3, 5}), {.epochs = 3, .batch_size = 2});
  CHECK(network.parameters() == whole.parameters());
}

TEST_CASE("What stands behind the end of a sequence changes no bit of pieces") {
  const auto fitted = [](double filling) {
    AnyNetworkOfPieces network = network_of_pieces();
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{}};
    trainer.fit(PaddedSeriesForPieces(filling), {.epochs = 2, .truncate = 3});
    return nn::Vector<double>(network.parameters());
  };
  CHECK(fitted(1e9) == fitted(0));
}

TEST_CASE("fit with truncate gives the bits of one thread on several, and of no pause after a checkpoint") {
  nn::FitOptions options{.epochs = 3, .batch_size = 4, .truncate = 3};
  options.schedule = nn::CosineSchedule{.learning_rate = 0.05};
  const nn::Vector<double> expected = fitted_in_pieces(options);
  CHECK(fitted_in_pieces(options, 3) == expected);
  options.truncate = 4;
  CHECK(fitted_in_pieces(options) != expected);
  options.truncate = 3;

  const std::string path = "sequence_pieces.checkpoint";
  const nn::SequenceDataset data = series_for_pieces({7, 4, 9, 7, 9, 2, 7});
  AnyNetworkOfPieces network = network_of_pieces(), resumed = network_of_pieces();
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{}}, second{resumed, nn::MeanSquaredError{}, nn::Adam{}};
  nn::FitOptions stopping = options;
  int batches = 0;
  stopping.on_batch = [&](nn::Progress& progress) {
    if (++batches != 3) return;
    trainer.save_checkpoint(path);
    progress.stop();
  };
  trainer.fit(data, stopping);
  second.resume(path);
  nn::FitOptions other = options;
  other.truncate = 4;
  CHECK_THROWS_WITH(second.fit(data, other), ContainsSubstring("truncate = 3, but now there is 4"));
  second.fit(data, options);
  std::remove(path.c_str());
  CHECK(resumed.parameters() == expected);
}

TEST_CASE("fit with truncate refuses in words, before any update, what cannot be trained in pieces") {
  const nn::SequenceDataset data = series_for_pieces();
  const auto refusal = [&](auto network, const nn::FitOptions& options) {
    const nn::Vector<double> before = network.parameters();
    std::string words;
    try {
      nn::Trainer{network, nn::MeanSquaredError{}, nn::SGD{}}.fit(data, options);
    } catch (const nn::error& problem) {
      words = problem.what();
    }
    CHECK(before == network.parameters());
    return words;
  };
  const auto of_layers = [&](const auto&... layers) {
    AnyNetworkOfPieces network{nn::Sequence{1}};
    (network.add(layers), ...);
    return refusal(network.add(nn::TimeDistributed{nn::Dense{1}}), {.truncate = 3});
  };
  const std::string whole = ") needs the whole one, or does not go on in training; use whole sequences";
  CHECK_THAT(of_layers(nn::LSTM{2}, nn::Bidirectional{nn::LSTM{2}}),
             ContainsSubstring("layer 2 (BidirectionalLSTM" + whole));
  CHECK_THAT(of_layers(nn::MultiHeadAttention{1, {.causal = true}}),
             ContainsSubstring("1 (MultiHeadAttention" + whole));
  CHECK_THAT(of_layers(nn::CausalConv1D{2, 2}), ContainsSubstring("1 (CausalConv1D" + whole));
  CHECK_THAT(of_layers(nn::PositionalEncoding{}), ContainsSubstring("1 (PositionalEncoding" + whole));
  CHECK_THAT(of_layers(nn::Residual{nn::Bidirectional{nn::GRU{1}}, nn::TimeDistributed{nn::Dense{1}}}),
             ContainsSubstring("1 (Residual" + whole));
  CHECK_THAT(of_layers(nn::LSTM{2}, nn::BatchNorm{}), ContainsSubstring("use LayerNorm in place of BatchNorm"));
  CHECK_THAT(
      refusal(network_of_pieces(), {.accumulate = 2, .truncate = 3}),
      ContainsSubstring("truncate makes an update from each piece of 3 steps, and accumulate one from 2 batches"));
  CHECK_THAT(refusal(network_of_pieces(), {.truncate = 3, .steps = 9}),
             ContainsSubstring("give epochs in place of steps"));
  CHECK_THAT(refusal(network_of_pieces(), {.truncate = -1}), ContainsSubstring("cannot have -1 steps"));
  nn::Network<double, nn::Input<1, 4, 1>, nn::LSTM<1>> fixed;
  nn::Trainer trainer{fixed, nn::MeanSquaredError{}, nn::SGD{}};
  const nn::Matrix<double> x = nn::Matrix<double>::Zero(4, 2);
  CHECK_THROWS_WITH(trainer.fit(x, x, {.truncate = 2}), ContainsSubstring("begin it with nn::Sequence"));
}
