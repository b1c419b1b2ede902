// SPDX-License-Identifier: MIT
// What was learned from many samples helps where there are few: the first layers of a network, kept as they are, and a
// new head, trained on 100 samples. Once with the layers in the program, once with a backbone that comes as ONNX.
#include <nn/network.hpp>

#include <cmath>
#include <cstdio>
#include <iostream>
#include <vector>

namespace {

struct Boards {
  nn::Dataset fields;  // 16 labels: the field of a board of 4 x 4 that a point lies in
  nn::Dataset rows;    // 4 labels: the row of that field
};

// Points of a board, of which a sample shows twelve mixtures of its two coordinates, among forty numbers of no meaning.
Boards points_on_a_board(nn::Index count, nn::Random random) {
  nn::Matrix<float> x(52, count);
  std::vector<int> fields, rows;
  for (nn::Index i = 0; i < count; ++i) {
    const double column = random.uniform(0, 4), row = random.uniform(0, 4);
    for (int k = 0; k < 12; ++k)
      x(k, i) = static_cast<float>(std::cos(0.5 * k) * (column - 2) + std::sin(0.5 * k) * (row - 2));
    for (int k = 12; k < 52; ++k) x(k, i) = static_cast<float>(random.uniform(-2, 2));
    fields.push_back(4 * static_cast<int>(row) + static_cast<int>(column));
    rows.push_back(static_cast<int>(row));
  }
  return {{x, fields, 16}, {x, rows, 4}};
}

// The share of new points that a network gets right, after it has trained on a few.
double accuracy_of(auto network, const nn::Dataset& few, const nn::Dataset& test, nn::TrainerOptions options = {}) {
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{.learning_rate = 0.01}, options};
  trainer.fit(few, {.epochs = 100});
  return nn::evaluate(network, nn::CrossEntropy{}, test).accuracy;
}

}  // namespace

int main() {
  const Boards many = points_on_a_board(4000, nn::Random(1)), test = points_on_a_board(1000, nn::Random(2));
  const nn::Dataset few = many.rows.subset(0, 100);

  nn::Sequential<float> learned{nn::Input{52}, nn::Dense{64}, nn::ReLU{},   nn::Dense{32},
                                nn::ReLU{},    nn::Dense{16}, nn::Softmax{}};
  nn::Trainer trainer{learned, nn::CrossEntropy{}, nn::Adam{.learning_rate = 0.005}};
  trainer.fit(many.fields, {.epochs = 20});
  std::cout << "16 fields, 4000 samples: " << nn::evaluate(learned, nn::CrossEntropy{}, test.fields).accuracy << '\n';

  nn::Sequential<float> rows = learned;
  rows.replace_last(nn::Dense{4});
  nn::Sequential<float> fresh = rows;
  fresh.initialize(nn::Random(3));
  const double alone = accuracy_of(fresh, few, test.rows);
  const double transferred = accuracy_of(rows, few, test.rows, {.freeze_first = 4});

  // A backbone from a file puts out features, and they are the samples of a small network.
  nn::save_onnx(learned.first(4), "backbone.onnx");
  const nn::Graph<float> backbone = nn::load_onnx<float>("backbone.onnx");
  const auto features_of = [&](const nn::Dataset& data) { return data.with_inputs(backbone.predict(data.inputs())); };
  const nn::Sequential<float> head{nn::Input{32}, nn::Dense{4}, nn::Softmax{}};
  const double from_onnx = accuracy_of(head, features_of(few), features_of(test.rows));
  std::remove("backbone.onnx");

  std::cout << "4 rows, 100 samples: " << alone << " alone, " << transferred << " with what was learned, " << from_onnx
            << " with a backbone from ONNX\n";
  return transferred > alone + 0.05 && from_onnx > alone + 0.05 ? 0 : 1;
}
