// SPDX-License-Identifier: MIT
// y = V softmax(K'Q / sqrt(d)): what attention does with the queries, keys and values of one sequence.
#pragma once

#include <algorithm>
#include <cmath>

#include <nn/kernels/product.hpp>
#include <nn/kernels/stable.hpp>

namespace nn::kernels {
inline namespace NN_LEVEL {

/// Vaswani et al. 2017, section 3.2. Each step has the queries of all heads, then the keys, then the values, or those
/// of keys and values are another sequence's; heads share keys and values in groups of neighbours where there are fewer
/// of these (Ainslie et al. 2023). A query that may look nowhere gives 0. Every sum has one order, over the channels of
/// a head or over the steps.
struct Attention {
  Index steps = 1;
  Index heads = 1;
  Index key_value_heads = 1;
  Index head_size = 1;      ///< channels of a head
  bool is_causal = false;   ///< a query looks at its own step and those before it
  Index key_steps = steps;  ///< of the keys and values

  /// Numbers per step that come in, of keys and values alone, and that go out.
  constexpr Index pitch() const { return width() + cached(); }
  constexpr Index cached() const { return 2 * key_value_heads * head_size; }
  constexpr Index width() const { return heads * head_size; }
  /// Numbers of the weights with which queries look at steps: key_steps x steps for each head, a column for each query.
  constexpr Index weight_count() const { return heads * steps * key_steps; }

  /// The numbers of a step begin `pitch` behind those of the step before.
  template <class T>
  struct Rows {
    T* first;
    Index pitch;
  };

  /// Writes weights and y from x.
  template <class T>
  void forward(const T* x, T* weights, T* y) const {
    forward<T>({x, pitch()}, {x + width(), pitch()}, weights, y);
  }
  /// The same from queries, and from the keys and values of another sequence.
  template <class T>
  void forward(Rows<const T> queries, Rows<const T> keys, T* weights, T* y) const {
    std::fill_n(weights, weight_count(), T(0));
    std::fill_n(y, steps * width(), T(0));
    for (Index head = 0; head < heads; ++head, weights += steps * key_steps) {
      add_product<T>(scale<T>(), {key(keys, head), keys.pitch, 1}, {query(queries, head), 1, queries.pitch}, key_steps,
                     head_size, steps, weights);
      for (Index at = 0; at < steps; ++at) {
        std::fill(weights + at * key_steps + visible(at), weights + (at + 1) * key_steps, T(0));
        normalize(weights + at * key_steps, visible(at));
      }
      add_product<T>(1, {value(keys, head), 1, keys.pitch}, {weights, 1, key_steps}, head_size, key_steps, steps,
                     y + head * head_size, width());
    }
  }

  /// The same for one step x more, where the keys and values of those before are in the cache, and those of x come in;
  /// `weights` has room for one number per step.
  template <class T>
  void forward_next(const T* x, Index steps_before, T* cache, T* weights, T* y) const {
    const Index count = steps_before + 1, pitch = cached();
    std::copy_n(x + width(), pitch, cache + steps_before * pitch);
    std::fill_n(y, width(), T(0));
    for (Index head = 0; head < heads; ++head) {
      const T* key = cache + group_of(head) * head_size;
      const T* value = key + key_value_heads * head_size;
      std::fill_n(weights, count, T(0));
      add_product<T>(scale<T>(), {key, pitch, 1}, {x + head * head_size, 1, head_size}, count, head_size, 1, weights);
      normalize(weights, count);
      add_product<T>(1, {value, 1, pitch}, {weights, 1, count}, head_size, count, 1, y + head * head_size);
    }
  }

  /// Writes dx from x, weights and dy; `scratch` has room for the gradient of the weights of one head.
  template <class T>
  void backward(const T* x, const T* weights, const T* dy, T* scratch, T* dx) const {
    std::fill_n(dx, steps * pitch(), T(0));
    add_backward<T>({x, pitch()}, {x + width(), pitch()}, weights, dy, scratch, {dx, pitch()}, {dx + width(), pitch()});
  }
  /// The same for keys and values of another sequence; adds to the gradients.
  template <class T>
  void add_backward(Rows<const T> queries, Rows<const T> keys, const T* weights, const T* dy, T* scratch,
                    Rows<T> dqueries, Rows<T> dkeys) const {
    for (Index head = 0; head < heads; ++head, weights += steps * key_steps, dy += head_size) {
      std::fill_n(scratch, steps * key_steps, T(0));
      add_product<T>(1, {value(keys, head), keys.pitch, 1}, {dy, 1, width()}, key_steps, head_size, steps, scratch);
      add_product<T>(1, {dy, 1, width()}, {weights, key_steps, 1}, head_size, steps, key_steps, value(dkeys, head),
                     dkeys.pitch);
      for (Index at = 0; at < steps; ++at)
        normalize_backward(weights + at * key_steps, scratch + at * key_steps, visible(at));
      add_product<T>(scale<T>(), {key(keys, head), 1, keys.pitch}, {scratch, 1, key_steps}, head_size, key_steps, steps,
                     query(dqueries, head), dqueries.pitch);
      add_product<T>(scale<T>(), {query(queries, head), 1, queries.pitch}, {scratch, key_steps, 1}, head_size, steps,
                     key_steps, key(dkeys, head), dkeys.pitch);
    }
  }

 private:
  template <class T>
  T scale() const {
    return static_cast<T>(1 / std::sqrt(static_cast<double>(head_size)));
  }
  // Which keys and values a head reads.
  Index group_of(Index head) const { return head / (heads / key_value_heads); }
  // Where a head's queries begin, its keys and its values.
  template <class T>
  T* query(Rows<T> queries, Index head) const {
    return queries.first + head * head_size;
  }
  template <class T>
  T* key(Rows<T> keys, Index head) const {
    return keys.first + group_of(head) * head_size;
  }
  template <class T>
  T* value(Rows<T> keys, Index head) const {
    return key(keys, head) + key_value_heads * head_size;
  }
  // How many steps the query of a step looks at, from the first on.
  Index visible(Index at) const { return is_causal ? std::min(at + 1, key_steps) : key_steps; }

  // Makes of the scores of a query the weights of what it looks at.
  template <class T>
  void normalize(T* scores, Index count) const {
    if (count == 0) return;
    VectorView<T> seen(scores, count);
    const T sum = stable::exponentials(ConstVectorView<T>(scores, count),
                                       stable::maximum(ConstVectorView<T>(scores, count)), seen);
    const T share = T(1) / sum;
    for (Index i = 0; i < count; ++i) scores[i] *= share;
  }
  // dscore_i = w_i (dw_i - sum_j w_j dw_j)
  template <class T>
  void normalize_backward(const T* weights, T* gradient, Index count) const {
    T mean = 0;
    for (Index i = 0; i < count; ++i) mean += weights[i] * gradient[i];
    for (Index i = 0; i < count; ++i) gradient[i] = weights[i] * (gradient[i] - mean);
    std::fill(gradient + count, gradient + key_steps, T(0));
  }
};

/// Turns pairs of channels of a head, i and i + size / 2, by an angle that grows with the step (Su et al. 2021, in the
/// order of GPT-NeoX and Llama); `direction` -1 turns back. The first step is number `first`.
template <class T>
void rotate(T* x, Index steps, Index pitch, Index heads, Index head_size, Index samples, double base, int direction,
            Index first = 0) {
  const Index half = head_size / 2;
  for (Index pair = 0; pair < half; ++pair) {
    const double frequency = std::pow(base, -static_cast<double>(pair) / static_cast<double>(half));
    for (Index step = 0; step < steps; ++step) {
      const double angle = static_cast<double>(first + step) * frequency;
      const T cosine = static_cast<T>(std::cos(angle)), sine = static_cast<T>(direction * std::sin(angle));
      for (Index sample = 0; sample < samples; ++sample)
        for (Index head = 0; head < heads; ++head) {
          T* turned = x + (sample * steps + step) * pitch + head * head_size + pair;
          const T a = turned[0], b = turned[half];
          turned[0] = a * cosine - b * sine;
          turned[half] = b * cosine + a * sine;
        }
    }
  }
}

}  // namespace NN_LEVEL
}  // namespace nn::kernels
