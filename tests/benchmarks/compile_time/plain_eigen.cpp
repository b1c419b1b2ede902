// SPDX-License-Identifier: MIT
// W1 alone with Eigen alone, to be compiled against nn/per_sample_sgd.cpp.
#include <Eigen/Dense>

#include "../measure.hpp"

using Vector = Eigen::VectorXf;

struct Layer {
  Eigen::MatrixXf W;
  Vector b, output, delta;
};

class Contender {
 public:
  struct Batch {
    Eigen::Map<const Vector> input;
    int label;
  };

  explicit Contender(const measure::Work& work)
      : rate_(static_cast<float>(work.learning_rate)), layers_(work.widths.size() - 1) {}

  Batch make_batch(const float* inputs, const int* labels, int) { return {{inputs, 784}, *labels}; }

  void start(const std::vector<measure::LayerWeights>& weights) {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const measure::LayerWeights& from = weights[i];
      layers_[i].W = Eigen::Map<const Eigen::MatrixXf>(from.W.data(), from.inputs, from.outputs).transpose();
      layers_[i].b = layers_[i].output = layers_[i].delta = Eigen::Map<const Vector>(from.b.data(), from.outputs);
    }
  }

  const float* forward(const Batch& batch) {
    layers_[0].output.noalias() = layers_[0].W * batch.input;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      Layer& layer = layers_[i];
      if (i > 0) layer.output.noalias() = layer.W * layers_[i - 1].output.cwiseMax(0.0f);
      layer.output += layer.b;
    }
    Vector& y = layers_.back().output;
    y = (y.array() - y.maxCoeff()).exp();
    y /= y.sum();
    return y.data();
  }

  void step(const Batch& batch) {
    forward(batch);
    layers_.back().delta = layers_.back().output;
    layers_.back().delta[batch.label] -= 1;
    for (std::size_t i = layers_.size(); i-- > 1;) {
      Layer& layer = layers_[i];
      Layer& before = layers_[i - 1];
      before.delta.noalias() = layer.W.transpose() * layer.delta;
      before.delta.array() *= (before.output.array() > 0).cast<float>();
      layer.W.noalias() -= (rate_ * layer.delta) * before.output.cwiseMax(0.0f).transpose();
      layer.b -= rate_ * layer.delta;
    }
    layers_[0].W.noalias() -= (rate_ * layers_[0].delta) * batch.input.transpose();
    layers_[0].b -= rate_ * layers_[0].delta;
  }

 private:
  float rate_;
  std::vector<Layer> layers_;
};

int main(int count, char** arguments) { return measure::run<Contender>("plain-eigen", count, arguments); }
