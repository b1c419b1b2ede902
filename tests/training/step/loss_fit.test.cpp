// SPDX-License-Identifier: MIT
// What the compiler refuses is in tests/compile_fail.
#include <nn/training/step/loss_fit.hpp>

#include <nn/network.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

using Catch::Matchers::ContainsSubstring;
using nn::OutputKind;

namespace {

void require_end(std::initializer_list<const char*> layers, nn::Index outputs, OutputKind kind) {
  nn::detail::NetworkEnd end;
  for (const char* layer : layers) end.add(layer);
  nn::detail::require_end(end, outputs, outputs, kind);
}

std::string message_of(const auto& act) {
  try {
    act();
  } catch (const nn::error& problem) {
    return problem.what();
  }
  return "none";
}

// What is said of a network of 4 features that ends in these layers.
template <class Loss, class... Layers>
std::string refusal(const Loss& loss, const Layers&... layers) {
  const nn::Sequential<float> network(nn::Input{4}, layers...);
  return message_of([&] { nn::detail::require_fit(network, loss); });
}

}  // namespace

TEST_CASE("a single output is no share of anything") {
  CHECK(refusal(nn::MeanSquaredError{}, nn::Dense{1}, nn::Softmax{}) ==
        "Softmax of a single output is 1 whatever the input, so nothing is learned: end the network in Sigmoid with "
        "BinaryCrossEntropy, or in one output per class");
  for (const std::string& said : {refusal(nn::CrossEntropy{}, nn::Dense{1}, nn::Softmax{}),
                                  refusal(nn::BinaryCrossEntropy{}, nn::Dense{1}, nn::Softmax{}, nn::Identity{})})
    CHECK_THAT(said, ContainsSubstring("Softmax of a single output is 1"));
  CHECK(refusal(nn::CrossEntropy{}, nn::Dense{1}, nn::Sigmoid{}) ==
        "this loss compares classes and a single output tells none apart, so nothing is learned: end the network in "
        "Sigmoid with BinaryCrossEntropy, or in one output per class");
  for (const std::string& said :
       {refusal(nn::Focal{}, nn::Dense{1}, nn::Sigmoid{}), refusal(nn::KLDivergence{}, nn::Dense{1}, nn::Sigmoid{}),
        refusal(nn::SoftmaxCrossEntropy{}, nn::Dense{1}), refusal(nn::SoftmaxFocal{}, nn::Dense{1}),
        refusal(nn::SoftmaxKLDivergence{}, nn::Dense{1}),
        refusal(nn::ClassWeighted{nn::Focal{}, {1, 2}}, nn::Dense{1}, nn::Sigmoid{})})
    CHECK_THAT(said, ContainsSubstring("compares classes"));
  CHECK(refusal(nn::BinaryCrossEntropy{}, nn::Dense{1}, nn::Sigmoid{}) == "none");
  CHECK(refusal(nn::SigmoidBinaryCrossEntropy{}, nn::Dense{1}) == "none");
  CHECK(refusal(nn::CrossEntropy{}, nn::Dense{2}, nn::Softmax{}) == "none");
}

TEST_CASE("softmax and sigmoid are not applied twice") {
  CHECK(refusal(nn::CrossEntropy{}, nn::Dense{2}, nn::Softmax{}, nn::Softmax{}) ==
        "the network ends in the same activation twice, which flattens its outputs: leave out one Softmax");
  CHECK(refusal(nn::BinaryCrossEntropy{}, nn::Dense{2}, nn::Sigmoid{}, nn::Identity{}, nn::Sigmoid{}) ==
        "the network ends in the same activation twice, which flattens its outputs: leave out one Sigmoid");
  CHECK(refusal(nn::SoftmaxCrossEntropy{}, nn::Dense{2}, nn::Softmax{}) ==
        "this loss takes logits, but the network's last layer makes probabilities of them: leave out the Softmax, or "
        "take CrossEntropy");
  CHECK(refusal(nn::SigmoidBinaryCrossEntropy{}, nn::Dense{1}, nn::Sigmoid{}) ==
        "this loss takes logits, but the network's last layer makes probabilities of them: leave out the Sigmoid, or "
        "take BinaryCrossEntropy");
  CHECK(refusal(nn::MeanSquaredError{}, nn::Dense{4}, nn::Sigmoid{}, nn::Dense{2}, nn::Sigmoid{}) == "none");
  CHECK(refusal(nn::SoftmaxCrossEntropy{}, nn::Dense{2}, nn::LogSoftmax{}) == "none");
}

TEST_CASE("a loss for probabilities is not given any number") {
  CHECK(refusal(nn::BinaryCrossEntropy{}, nn::Dense{1}) ==
        "this loss takes probabilities, but the network's last layer puts out any number: end it in Sigmoid after the "
        "Dense, or take a loss for logits, as SigmoidBinaryCrossEntropy");
  CHECK(refusal(nn::CrossEntropy{}, nn::Dense{3}) ==
        "this loss takes probabilities, but the network's last layer puts out any number: end it in Softmax after the "
        "Dense, or take a loss for logits, as SoftmaxCrossEntropy");
  CHECK_THAT(refusal(nn::Focal{}, nn::Dense{3}, nn::Dropout{0.1}), ContainsSubstring("any number"));
  CHECK_THAT(refusal(nn::CrossEntropy{}, nn::Dense{3}, nn::LogSoftmax{}),
             ContainsSubstring("Softmax after the layer before"));
  CHECK(refusal(nn::CrossEntropy{}, nn::Dense{3}, nn::Softmax{}, nn::Identity{}) == "none");
  CHECK(refusal(nn::MeanSquaredError{}, nn::Dense{3}) == "none");
  CHECK(refusal(nn::Hinge{}, nn::Dense{3}) == "none");
  CHECK(refusal(nn::CrossEntropy{}, nn::Normalize{}) == "none");  // the outputs may be probabilities
}

TEST_CASE("a network that ends in Denormalize is given no loss for classes") {
  using nn::Dense, nn::Denormalize;
  const std::string sentence =
      "the network ends in Denormalize, which puts out numbers in the targets' units, but this loss is for classes: "
      "leave out the Denormalize, or take a loss for numbers, as MeanSquaredError";
  CHECK(refusal(nn::SoftmaxCrossEntropy{}, Dense{2}, Denormalize{}) == sentence);
  CHECK(refusal(nn::BinaryCrossEntropy{}, Dense{2}, nn::Sigmoid{}, Denormalize{}) == sentence);
  CHECK(refusal(nn::Hinge{}, Dense{2}, Denormalize{}) == sentence);
  CHECK(refusal(nn::ClassWeighted{nn::MeanSquaredError{}, {1, 2}}, Dense{2}, Denormalize{}) == sentence);
  CHECK(refusal(nn::OutputLosses{nn::OutputLoss{nn::SoftmaxCrossEntropy{}, 2}, nn::OutputLoss{nn::Huber{}, 1}},
                Dense{3}, Denormalize{}) == sentence);
  CHECK(refusal(nn::OutputLosses{nn::OutputLoss{nn::MeanSquaredError{}, 2}, nn::OutputLoss{nn::Huber{}, 1}}, Dense{3},
                Denormalize{}) == "none");
  CHECK(refusal(nn::CrossEntropy{}, Denormalize{}, Dense{2}, nn::Softmax{}) == "none");
}

TEST_CASE("a Denormalize that is at the end, but not the last layer itself, is no end to train with") {
  using nn::Chain, nn::Concat, nn::Dense, nn::Denormalize;
  const std::string sentence =
      "the network ends in a Denormalize that is inside of another layer, one of several outputs, or before a layer "
      "that changes no number, where the loss would not be in scaled units: let one Denormalize for all outputs be the "
      "last layer";
  CHECK(refusal(nn::MeanSquaredError{}, Chain(Dense{2}, Denormalize{})) == sentence);
  CHECK(refusal(nn::MeanSquaredError{}, Dense{2}, Denormalize{}, nn::Flatten{}) == sentence);
  CHECK(refusal(nn::MeanSquaredError{}, Concat(Chain(Dense{2}, Denormalize{}), Dense{1})) == sentence);
  CHECK(refusal(nn::MeanSquaredError{}, Concat(Dense{2}, Dense{1}), Denormalize{}) == "none");
  CHECK(refusal(nn::MeanSquaredError{}, Chain(Dense{2}, Denormalize{}), Dense{1}) == "none");
  nn::Graph<float> graph;
  const auto x = graph.input({2});
  graph.output(graph.add(Denormalize{}, graph.add(Dense{1}, x)));
  CHECK_NOTHROW(nn::detail::require_fit(graph, nn::MeanSquaredError{}));
  graph.output(graph.add(Dense{1}, x));
  CHECK(message_of([&] { nn::detail::require_fit(graph, nn::MeanSquaredError{}); }) == sentence);
}

namespace {
struct LossOfPositiveTargets : nn::MeanSquaredError {
  void require_target(const auto& t) const {
    if (!(t(0) > 0)) throw nn::data_error("got the target ", t(0), "; give one above 0");
  }
};
}  // namespace

TEST_CASE("targets that a loss cannot take are those that it is given: scaled, where the network scales them") {
  nn::Sequential<float> network(nn::Input{1}, nn::Dense{1}, nn::Denormalize{});
  const nn::Dataset data(nn::Matrix<float>{{1, 2, 3}}, nn::Matrix<float>{{110, 100, 130}});
  CHECK_NOTHROW(nn::detail::require_fit(network, LossOfPositiveTargets{}, data, "fit"));
  network.state() << 105, 10;
  CHECK(message_of([&] { nn::detail::require_fit(network, LossOfPositiveTargets{}, data, "fit"); }) ==
        "fit, sample 1: got the target -0.5; give one above 0");
}

TEST_CASE("a loss sees the end of a network inside of Chains, and in every head") {
  using nn::Chain, nn::Concat, nn::Dense, nn::Identity, nn::Residual, nn::Sigmoid, nn::Softmax;
  const std::string twice = "the network ends in the same activation twice, which flattens its outputs: leave out one ";
  CHECK(refusal(nn::CrossEntropy{}, Chain(Dense{2}, Softmax{}, Softmax{})) == twice + "Softmax");
  CHECK(refusal(nn::CrossEntropy{}, Dense{2}, Softmax{}, Chain(Chain(Softmax{}), Identity{})) == twice + "Softmax");
  CHECK(refusal(nn::BinaryCrossEntropy{}, Chain(Dense{2}, Sigmoid{}), Sigmoid{}) == twice + "Sigmoid");
  CHECK_THAT(refusal(nn::CrossEntropy{}, Chain(Dense{2}, Chain(Dense{3}))), ContainsSubstring("any number"));
  CHECK_THAT(refusal(nn::SoftmaxCrossEntropy{}, Chain(Dense{2}, Softmax{})),
             ContainsSubstring("leave out the Softmax"));
  CHECK_THAT(refusal(nn::MeanSquaredError{}, Chain(Dense{1}, Softmax{})), ContainsSubstring("Softmax of a single"));
  CHECK_THAT(refusal(nn::SigmoidBinaryCrossEntropy{}, Dense{1}, nn::HardSigmoid{}),
             ContainsSubstring("leave out the HardSigmoid, or take BinaryCrossEntropy"));
  CHECK(refusal(nn::BinaryCrossEntropy{}, Dense{1}, nn::HardSigmoid{}) == "none");
  CHECK(refusal(nn::CrossEntropy{}, Chain(Dense{2}, Softmax{})) == "none");
  CHECK(refusal(nn::CrossEntropy{}, Residual(Dense{4}, Softmax{}, Softmax{})) == "none");  // of x and that the sum

  CHECK(refusal(nn::CrossEntropy{}, Concat(Chain(Dense{2}, Softmax{}), Chain(Dense{2}, Softmax{}))) == "none");
  CHECK_THAT(refusal(nn::CrossEntropy{}, Concat(Chain(Dense{2}, Softmax{}), Dense{2})),
             ContainsSubstring("any number"));
  CHECK_THAT(refusal(nn::MeanSquaredError{}, Chain(Concat(Dense{2}, Chain(Dense{1}, Softmax{})))),
             ContainsSubstring("Softmax of a single"));
  CHECK(refusal(nn::CrossEntropy{}, Dense{2}, Softmax{}, Concat(Identity{}, Softmax{})) == twice + "Softmax");
  CHECK(refusal(nn::SoftmaxCrossEntropy{}, Concat(Dense{1}, Dense{1})) == "none");  // one softmax of both
  CHECK(refusal(nn::CrossEntropy{}, Concat(Dense{2}, Dense{2}), Softmax{}) == "none");
}

TEST_CASE("convolutions put out any number, too") {
  CHECK_THROWS_AS(require_end({"Conv2D"}, 4, OutputKind::probabilities), nn::data_error);
  CHECK_THROWS_AS(require_end({"Conv1D", "Flatten", "Reshape"}, 4, OutputKind::class_probabilities), nn::data_error);
  CHECK_NOTHROW(require_end({"Conv1D", "Tanh"}, nn::dynamic, OutputKind::class_probabilities));
  CHECK_NOTHROW(require_end({}, 4, OutputKind::class_probabilities));
}

TEST_CASE("a trainer, evaluate and a full batch refuse a loss that does not take what the network puts out") {
  nn::Sequential<float> network(nn::Input{2}, nn::Dense{2});
  const nn::Dataset data(nn::Matrix<float>{{0, 1}, {1, 0}}, std::vector<int>{0, 1});
  CHECK_THROWS_AS((nn::Trainer{network, nn::CrossEntropy{}, nn::SGD{}}), nn::data_error);
  CHECK_THROWS_AS(nn::evaluate(network, nn::CrossEntropy{}, data), nn::data_error);
  CHECK_THROWS_AS(nn::fit_full_batch(network, nn::CrossEntropy{}, {}, data), nn::data_error);
  network.add(nn::Softmax{});
  CHECK_NOTHROW(nn::Trainer{network, nn::CrossEntropy{}, nn::SGD{}});
  // And options that make no sense.
  CHECK_THROWS_AS(nn::fit_full_batch(network, nn::CrossEntropy{.label_smoothing = 2}, {}, data), nn::data_error);
}

TEST_CASE("a trainer looks at its loss again when its network has got other layers") {
  nn::Sequential<float> network(nn::Input{2}, nn::Dense{2}, nn::Softmax{});
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{}};
  const nn::Matrix<float> x{{0, 1}, {1, 0}}, t{{1, 0}, {0, 1}};
  trainer.step(x, t);
  network.add(nn::Softmax{});
  const auto before = network;
  for (int i = 0; i < 2; ++i)
    CHECK_THAT(message_of([&] { trainer.step(x, t); }), ContainsSubstring("the same activation twice"));
  CHECK(network == before);
  network = nn::Sequential<float>(nn::Input{2}, nn::Dense{2}, nn::Tanh{}, nn::Dense{2}, nn::Softmax{});
  CHECK_NOTHROW(trainer.step(x, t));
  network = nn::Sequential<float>(nn::Input{2}, nn::Dense{2}, nn::Tanh{}, nn::Softmax{}, nn::Dense{2});
  CHECK_THROWS_AS(trainer.step(x, t), nn::data_error);
}

TEST_CASE("a trainer looks at its loss again when as many other layers take their place, also inside of Chains") {
  using nn::Chain, nn::Dense, nn::Softmax, nn::Tanh;
  const nn::Input input{2};
  const nn::Matrix<float> x{{0, 1}, {1, 0}}, t{{1, 0}, {0, 1}};
  const auto refusal_after = [&](auto network, const auto& replaced) {
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{}};
    trainer.step(x, t);
    network = replaced;
    const std::string message = message_of([&] { trainer.step(x, t.topRows(network.output_shape().size())); });
    CHECK(network == replaced);
    return message;
  };
  using Layers = nn::Sequential<float>;
  CHECK_THAT(refusal_after(Layers(input, Dense{2}, Tanh{}, Softmax{}), Layers(input, Dense{2}, Softmax{}, Softmax{})),
             ContainsSubstring("the same activation twice"));
  CHECK_THAT(refusal_after(Layers(input, Chain{Dense{2}, Softmax{}}), Layers(input, Chain{Dense{2}})),
             ContainsSubstring("any number"));
  CHECK_THAT(refusal_after(nn::Network{input, Dense{2}, Softmax{}}, nn::Network{input, Dense{1}, Softmax{}}),
             ContainsSubstring("Softmax of a single output"));
}

TEST_CASE("a Network of sizes known at run time is refused at run time, where the number of outputs matters") {
  const auto trainer = [](nn::Index outputs) {
    nn::Network network{nn::Input{2}, nn::Dense{outputs}, nn::Softmax{}};
    nn::Trainer{network, nn::CrossEntropy{}, nn::SGD{}};
  };
  CHECK_NOTHROW(trainer(2));
  CHECK_THROWS_AS(trainer(1), nn::shape_error);
}

TEST_CASE("targets outside 0 to 1 are refused by all that take probabilities, before anything is changed") {
  nn::Sequential<float> network(nn::Input{2}, nn::Dense{1}, nn::Sigmoid{});
  const auto before = network;
  const nn::Matrix<float> x{{0, 1, 2}, {1, 0, 1}}, t{{1, 0, 2}};
  const nn::Dataset data(x, t), good(x, nn::Matrix<float>{{1, 0, 0.5F}});
  const char* const said = "the target of output 0 of sample 2 is 2, but the loss takes probabilities";
  nn::Trainer trainer{network, nn::BinaryCrossEntropy{}, nn::SGD{}};
  CHECK_THAT(message_of([&] { trainer.step(x, t); }), ContainsSubstring(said));
  CHECK_THAT(message_of([&] { trainer.fit(data); }), ContainsSubstring(said));
  CHECK_THROWS_AS(trainer.fit(good, {.validation = &data}), nn::data_error);
  CHECK_THROWS_AS(nn::evaluate(network, nn::BinaryCrossEntropy{}, data), nn::data_error);
  CHECK_THROWS_AS(nn::diagnose(trainer, data), nn::data_error);
  CHECK_THROWS_AS(nn::fit_full_batch(network, nn::BinaryCrossEntropy{}, {}, data), nn::data_error);
  CHECK(network == before);
  CHECK_NOTHROW(trainer.fit(good));
  CHECK_NOTHROW(nn::evaluate(network, nn::MeanSquaredError{}, data));
}

TEST_CASE("a sample that a loss cannot take is named before the first update") {
  nn::Sequential<float> network(nn::Input{2}, nn::Dense{3}, nn::Sigmoid{});
  const auto before = network;
  nn::Matrix<float> t = nn::Matrix<float>::Identity(3, 40);
  t.row(2).setOnes();
  t.col(33).setZero();
  const nn::Dataset data(test::drawn<float>(2, 40, 1), t);
  const nn::ClassWeighted loss{nn::BinaryCrossEntropy{}, {1, 2, 3}};
  nn::Trainer trainer{network, loss, nn::SGD{}};
  const std::string said =
      ", sample 33: ClassWeighted: a sample whose 3 targets are all 0 or less is of no class and has no weight; name "
      "its class, or weight samples instead (Dataset::with_weights)";
  CHECK(message_of([&] { trainer.fit(data, {.batch_size = 4, .shuffle = false}); }) == "fit" + said);
  CHECK(network == before);
  CHECK(trainer.step_count() == 0);
  CHECK(message_of([&] { nn::evaluate(network, loss, data); }) == "evaluate" + said);
  CHECK_NOTHROW(trainer.fit(data.subset(0, 33)));
  // Terms of no weight cost nothing, and labels are of one class each.
  nn::Sequential<float> classes(nn::Input{2}, nn::Dense{3}, nn::Softmax{});
  CHECK_NOTHROW(nn::evaluate(classes, nn::ClassWeighted{nn::CrossEntropy{}, {1, 2, 3}}, data));
  const nn::Dataset labelled(test::drawn<float>(2, 3, 1), std::vector<int>{0, 1, 2});
  CHECK_NOTHROW(nn::evaluate(network, loss, labelled));
  CHECK_THAT(message_of([&] {
               nn::evaluate(network, nn::ClassWeighted{nn::BinaryCrossEntropy{}, {1, 2}}, labelled);
             }),
             ContainsSubstring("evaluate, sample 0: ClassWeighted: 2 weights do not fit 3 classes"));
}

TEST_CASE("the targets of every pixel or step are looked at, as the loss is given them") {
  nn::Sequential<float> network(nn::Input{1, 4, 2}, nn::Conv1D{3, 1}, nn::Sigmoid{});
  nn::Matrix<float> t(12, 2);  // 3 classes at each of 4 steps
  t.col(0) << 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0;
  t.col(1) << 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0;
  const nn::Matrix<float> x = test::drawn<float>(8, 2, 1);
  const nn::ClassWeighted loss{nn::BinaryCrossEntropy{}, {1, 2, 3}};
  nn::Trainer trainer{network, loss, nn::SGD{}};
  CHECK_NOTHROW(trainer.fit(nn::Dataset(x, t)));
  CHECK_NOTHROW(nn::evaluate(network, loss, nn::Dataset(x, t)));
  t.col(1).segment(6, 3).setZero();
  const auto before = network;
  CHECK_THAT(message_of([&] { trainer.fit(nn::Dataset(x, t), {.batch_size = 1, .shuffle = false}); }),
             ContainsSubstring("fit, sample 1: ClassWeighted: a sample whose 3 targets are all 0 or less"));
  CHECK(network == before);
}

TEST_CASE("labels of whole sequences are refused by a network for any length that has outputs for each step") {
  const nn::SequenceDataset data(std::vector{test::drawn<double>(2, 3, 1), test::drawn<double>(2, 4, 2)},
                                 std::vector{0, 1});
  const auto said = [&](const auto& network) {
    return message_of([&] { nn::detail::require_fit(network, data, "fit"); });
  };
  CHECK(said(nn::Network{nn::Sequence{2}, nn::LSTM{2}, nn::LastStep{}}) == "none");
  CHECK(said(nn::Network{nn::Sequence{2}, nn::LSTM{2}}) ==
        "fit: the data set has one label for each sequence, but the network has outputs for each step; let a LastStep "
        "come before the last Dense, or give labels for each step");
}

TEST_CASE("integers as targets of one output are labels, which the refusal says") {
  nn::Sequential<float> network(nn::Input{1}, nn::Dense{1});
  const nn::Dataset prices(nn::Matrix<float>{{1, 2}}, std::vector<int>{3, 180});
  CHECK(message_of([&] { nn::evaluate(network, nn::MeanSquaredError{}, prices); }) ==
        "evaluate: the data set has 181 classes, but the network has 1 outputs; end it in Dense<181>, or, where the "
        "targets are no classes but numbers, give them as float or double");
}
