// SPDX-License-Identifier: MIT
// The yardstick: what a good programmer writes with Eigen alone in an afternoon. All memory is made before the clock
// runs, and there is one matrix product per layer and direction; nothing is skipped, nothing is fused.
#include <Eigen/Dense>

#include "../measure.hpp"

namespace {

using Matrix = Eigen::MatrixXf;
using Vector = Eigen::VectorXf;

struct Layer {
  Matrix W, dW, W_mean, W_square;  // the last two for Adam
  Vector b, db, b_mean, b_square;
  Matrix output, delta;
};

class Contender {
 public:
  struct Batch {
    Eigen::Map<const Matrix> inputs;
    const int* labels;
  };

  explicit Contender(const measure::Work& work) : work_(work), layers_(work.widths.size() - 1) {}

  Batch make_batch(const float* inputs, const int* labels, int samples) {
    return {{inputs, work_.widths[0], samples}, labels};
  }

  void start(const std::vector<measure::LayerWeights>& weights) {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      using RowByRow = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
      Layer& layer = layers_[i];
      layer.W = Eigen::Map<const RowByRow>(weights[i].W.data(), weights[i].outputs, weights[i].inputs);
      layer.b = Eigen::Map<const Vector>(weights[i].b.data(), weights[i].outputs);
      layer.dW = layer.W_mean = layer.W_square = Matrix::Zero(layer.W.rows(), layer.W.cols());
      layer.db = layer.b_mean = layer.b_square = Vector::Zero(layer.b.size());
      layer.output.resize(layer.W.rows(), work_.batch_size);
      layer.delta.resize(layer.W.rows(), work_.batch_size);
    }
    steps_ = 0;
  }

  const float* forward(const Batch& batch) {
    if (batch.inputs.cols() == 1)
      run<1>(batch.inputs);
    else
      run<Eigen::Dynamic>(batch.inputs);
    return layers_.back().output.data();
  }

  void step(const Batch& batch) {
    forward(batch);
    if (batch.inputs.cols() == 1)
      descend(batch);
    else
      update(batch);
  }

 private:
  // Columns of 1 lets Eigen take its matrix-vector product.
  template <int Columns, class X>
  static auto columns(X& x, Eigen::Index count) {
    return Eigen::Map<std::conditional_t<std::is_const_v<X>, const Eigen::Matrix<float, Eigen::Dynamic, Columns>,
                                         Eigen::Matrix<float, Eigen::Dynamic, Columns>>>(x.data(), x.rows(), count);
  }

  template <int Columns>
  void run(const Eigen::Map<const Matrix>& inputs) {
    const Eigen::Index count = inputs.cols();
    Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Columns>> x(inputs.data(), inputs.rows(), count);
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      Layer& layer = layers_[i];
      auto y = columns<Columns>(layer.output, count);
      if (i == 0)
        y.noalias() = layer.W * x;
      else
        y.noalias() = layer.W * columns<Columns>(layers_[i - 1].output, count);
      y.colwise() += layer.b;
      if (i + 1 == layers_.size()) {
        if (!work_.is_tiny)
          for (Eigen::Index j = 0; j < count; ++j) {
            y.col(j) = (y.col(j).array() - y.col(j).maxCoeff()).exp();
            y.col(j) /= y.col(j).sum();
          }
      } else if (work_.is_tiny) {
        y = y.array().tanh();
      } else {
        y = y.cwiseMax(0.0f);
      }
    }
  }

  // One sample: the outer product goes straight into the weights.
  void descend(const Batch& batch) {
    const float rate = static_cast<float>(work_.learning_rate);
    Layer& last = layers_.back();
    last.delta.col(0) = last.output.col(0);
    last.delta(batch.labels[0], 0) -= 1;
    for (std::size_t i = layers_.size(); i-- > 0;) {
      Layer& layer = layers_[i];
      if (i > 0) {
        Layer& before = layers_[i - 1];
        before.delta.col(0).noalias() = layer.W.transpose() * layer.delta.col(0);
        before.delta.col(0).array() *= (before.output.col(0).array() > 0).cast<float>();
        layer.W.noalias() -= (rate * layer.delta.col(0)) * before.output.col(0).transpose();
      } else {
        layer.W.noalias() -= (rate * layer.delta.col(0)) * batch.inputs.col(0).transpose();
      }
      layer.b -= rate * layer.delta.col(0);
    }
  }

  void update(const Batch& batch) {
    const Eigen::Index count = batch.inputs.cols();
    ++steps_;
    Layer& last = layers_.back();
    last.delta.leftCols(count) = last.output.leftCols(count);
    for (Eigen::Index j = 0; j < count; ++j) last.delta(batch.labels[j], j) -= 1;
    last.delta.leftCols(count) /= static_cast<float>(count);
    for (std::size_t i = layers_.size(); i-- > 0;) {
      Layer& layer = layers_[i];
      const auto delta = layer.delta.leftCols(count);
      if (i > 0) {
        Layer& before = layers_[i - 1];
        before.delta.leftCols(count).noalias() = layer.W.transpose() * delta;
        before.delta.leftCols(count).array() *= (before.output.leftCols(count).array() > 0).cast<float>();
        layer.dW.noalias() = delta * before.output.leftCols(count).transpose();
      } else {
        layer.dW.noalias() = delta * batch.inputs.transpose();
      }
      layer.db = delta.rowwise().sum();
      if (work_.optimizer == measure::Optimizer::adam) {
        adam(layer.W, layer.dW, layer.W_mean, layer.W_square);
        adam(layer.b, layer.db, layer.b_mean, layer.b_square);
      } else {
        layer.W -= static_cast<float>(work_.learning_rate) * layer.dW;
        layer.b -= static_cast<float>(work_.learning_rate) * layer.db;
      }
    }
  }

  template <class X>
  void adam(X& weights, const X& gradient, X& mean, X& square) const {
    const float mean_share = 1 - std::pow(0.9f, static_cast<float>(steps_));
    const float square_share = 1 - std::pow(0.999f, static_cast<float>(steps_));
    mean = 0.9f * mean + 0.1f * gradient;
    square = 0.999f * square + 0.001f * gradient.cwiseAbs2();
    weights.array() -= static_cast<float>(work_.learning_rate) / mean_share * mean.array() /
                       ((square.array() / square_share).sqrt() + 1e-8f);
  }

  measure::Work work_;
  std::vector<Layer> layers_;
  int steps_ = 0;
};

}  // namespace

int main(int count, char** arguments) { return measure::run<Contender>("plain-eigen", count, arguments); }
