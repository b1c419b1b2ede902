// SPDX-License-Identifier: MIT
// oneDNN, inference only: weights are packed once as it likes them, bias and ReLU are part of each product.
#include <oneapi/dnnl/dnnl.hpp>

#include <unordered_map>

#include "../measure.hpp"

namespace {

using dnnl::memory;

class Contender {
 public:
  struct Batch {
    float* inputs;
    int samples;
  };

  explicit Contender(const measure::Work& work) : work_(work) {}

  Batch make_batch(const float* inputs, const int*, int samples) { return {const_cast<float*>(inputs), samples}; }
  void start(const std::vector<measure::LayerWeights>& weights) { weights_ = weights, plans_.clear(); }
  void step(Batch&) {}

  const float* forward(const Batch& batch) {
    Plan& plan = plans_[batch.samples];
    if (plan.layers.empty()) make(plan, batch.samples);
    plan.input.set_data_handle(batch.inputs);
    for (auto& [primitive, arguments] : plan.layers) primitive.execute(stream_, arguments);
    stream_.wait();
    return static_cast<const float*>(plan.output.get_data_handle());
  }

 private:
  struct Plan {
    memory input, output;
    std::vector<std::pair<dnnl::primitive, std::unordered_map<int, memory>>> layers;
  };

  void make(Plan& plan, int samples) {
    const auto plain = memory::format_tag::ab;
    memory x = plan.input = memory({{samples, work_.widths[0]}, memory::data_type::f32, plain}, engine_, nullptr);
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      measure::LayerWeights& layer = weights_[i];
      const bool is_last = i + 1 == weights_.size();
      const memory::desc any({layer.outputs, layer.inputs}, memory::data_type::f32, memory::format_tag::any);
      const memory::desc bias({layer.outputs}, memory::data_type::f32, memory::format_tag::a);
      const memory::desc result({samples, layer.outputs}, memory::data_type::f32, plain);

      dnnl::post_ops then;
      if (!is_last)
        then.append_eltwise(1, work_.is_tiny ? dnnl::algorithm::eltwise_tanh : dnnl::algorithm::eltwise_relu, 0, 0);
      dnnl::primitive_attr attributes;
      attributes.set_post_ops(then);
      const dnnl::inner_product_forward::primitive_desc product(
          {dnnl::prop_kind::forward_inference, x.get_desc(), any, bias, result}, attributes, engine_);

      memory W({{layer.outputs, layer.inputs}, memory::data_type::f32, plain}, engine_, layer.W.data());
      memory packed(product.weights_desc(), engine_);
      dnnl::reorder(W, packed).execute(stream_, W, packed);
      memory y(result, engine_);
      plan.layers.push_back({dnnl::inner_product_forward(product),
                             {{DNNL_ARG_SRC, x},
                              {DNNL_ARG_WEIGHTS, packed},
                              {DNNL_ARG_BIAS, memory(bias, engine_, layer.b.data())},
                              {DNNL_ARG_DST, y}}});
      x = y;
    }
    if (!work_.is_tiny) {
      const dnnl::softmax_forward::primitive_desc softmax({dnnl::prop_kind::forward_inference, x.get_desc(), 1},
                                                          engine_);
      plan.layers.push_back({dnnl::softmax_forward(softmax), {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, x}}});
    }
    plan.output = x;
    stream_.wait();
  }

  measure::Work work_;
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  std::vector<measure::LayerWeights> weights_;
  std::unordered_map<int, Plan> plans_;  // one per batch size
};

}  // namespace

int main(int count, char** arguments) { return measure::run<Contender>("onednn", count, arguments); }
