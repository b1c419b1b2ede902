// SPDX-License-Identifier: MIT
// Outputs that the loss does not take are told, and such as are all the same.
#include <nn/training/diagnosis/diagnose_end.hpp>

#include <string>

#include <nn/network.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"
#include "diagnosed.hpp"

using nn::Illness;
using test::diagnosis_of, test::sentence_of, test::three_classes;

TEST_CASE("the same output for everything") {
  test::SmallClassifier network;
  network.weight<2>().setZero();
  CHECK(diagnosis_of(network, three_classes()).has(Illness::constant_output));
}

TEST_CASE("a loss that takes other outputs than the network's") {
  const auto sentence = [](const auto& loss, const auto&... layers) {
    nn::Sequential<float> network(nn::Input{6}, nn::Dense{3}, layers...);
    return sentence_of(diagnosis_of(network, three_classes(), loss), Illness::unfitting_loss);
  };
  CHECK(sentence(nn::CrossEntropy{}, nn::Softmax{}, nn::Identity{}) == "");
  CHECK(sentence(nn::CrossEntropy{}, nn::Softmax{}) == "");
  CHECK(sentence(nn::BinaryCrossEntropy{}, nn::HardSigmoid{}) == "");
  CHECK(sentence(nn::SoftmaxCrossEntropy{}) == "");
  CHECK(
      sentence(nn::BinaryCrossEntropy{}, nn::Tanh{}).find("The loss takes probabilities, but the outputs go from -") ==
      0);
  CHECK(sentence(nn::CrossEntropy{}, nn::Sigmoid{})
            .find("The loss takes shares of one whole, but the outputs of a sample miss a sum of 1 by ") == 0);
  CHECK(sentence(nn::SoftmaxCrossEntropy{}, nn::ReLU{}) ==
        "The loss takes logits, but the network ends in ReLU, which puts out only numbers from 0 up; leave out the "
        "ReLU.");
  CHECK(sentence(nn::SoftmaxCrossEntropy{}, nn::Tanh{}, nn::Identity{}) ==
        "The loss takes logits, but the network ends in Tanh, which puts out only numbers from -1 to 1; leave out the "
        "Tanh.");
  const auto ends_in = [&](const auto& layer) {
    const std::string said = sentence(nn::SigmoidBinaryCrossEntropy{}, layer);
    return said.find("The loss takes logits, but the network ends in " + std::string(layer.name())) == 0;
  };
  CHECK((ends_in(nn::Softsign{}) && ends_in(nn::HardTanh{}) && ends_in(nn::Softplus{}) && ends_in(nn::BinaryStep{})));
  CHECK_FALSE((ends_in(nn::LeakyReLU{}) || ends_in(nn::ELU{}) || ends_in(nn::LogSoftmax{})));
  CHECK(
      sentence(nn::CrossEntropy{}, nn::Sigmoid{}, nn::Softmax{}) ==
      "The network ends in Sigmoid and then Softmax, which is given only numbers from 0 to 1; leave out the Sigmoid.");
}

TEST_CASE("a loss that takes other outputs than those of a Chain or of a head of the network") {
  const auto sentence = [](const auto& loss, const auto&... layers) {
    nn::Sequential<float> network(nn::Input{6}, layers...);
    return sentence_of(diagnosis_of(network, three_classes(), loss), Illness::unfitting_loss);
  };
  using nn::Chain, nn::Concat, nn::Dense, nn::Sigmoid, nn::Softmax;
  const std::string twice =
      "The network ends in Sigmoid and then Softmax, which is given only numbers from 0 to 1; leave out the Sigmoid.";
  CHECK(sentence(nn::CrossEntropy{}, Chain(Dense{3}, Sigmoid{}, Softmax{})) == twice);
  CHECK(sentence(nn::CrossEntropy{}, Chain(Dense{3}, Sigmoid{}), nn::Identity{}, Softmax{}) == twice);
  CHECK(sentence(nn::SoftmaxCrossEntropy{}, Chain(Dense{3}, Chain(nn::Tanh{}))).find("ends in Tanh") !=
        std::string::npos);
  CHECK(sentence(nn::CrossEntropy{}, Chain(Dense{3}, Softmax{})) == "");
  const auto head = [](const auto&... layers) { return Chain(Dense{2}, layers...); };
  nn::Sequential<float> network(nn::Input{6}, Concat(head(Softmax{}), head(Softmax{})));
  const nn::Dataset of_heads(test::drawn<double>(6, 50, 1), nn::Matrix<double>::Constant(4, 50, 0.5));
  CHECK(sentence_of(diagnosis_of(network, of_heads), Illness::unfitting_loss) == "");
  network = nn::Sequential<float>(nn::Input{6}, Concat(head(Softmax{}), head(nn::ReLU{}, Softmax{})));
  CHECK(sentence_of(diagnosis_of(network, of_heads), Illness::unfitting_loss).find("ends in ReLU and then Softmax") !=
        std::string::npos);
  network = nn::Sequential<float>(nn::Input{6}, Concat(head(Softmax{}), head(Sigmoid{})));
  CHECK(sentence_of(diagnosis_of(network, of_heads), Illness::unfitting_loss).find("miss a sum of 1") !=
        std::string::npos);
}
