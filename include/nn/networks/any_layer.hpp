// SPDX-License-Identifier: MIT
// Any layer behind one owning value; itself a layer.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include <nn/core/callback.hpp>
#include <nn/core/dual.hpp>
#include <nn/core/inputs.hpp>
#include <nn/core/place.hpp>

namespace nn {

namespace detail {
// Names a type, without run-time type information.
struct TypeTag {
  std::string_view name;
  std::size_t size;
};

template <class L>
constexpr std::string_view type_name() {
  return __PRETTY_FUNCTION__;
}
template <class L>
inline constexpr TypeTag type_tag{type_name<L>(), sizeof(L)};

// A shared library that hides its symbols has tags of its own, at other addresses; then the name decides. Types that no
// two sources can share may have one name in both: those are the same at one address only.
constexpr bool are_same(const TypeTag& a, const TypeTag& b) {
  if (&a == &b) return true;
  if (a.size != b.size || a.name != b.name) return false;
  return a.name.find("anonymous") == std::string_view::npos && a.name.find("lambda") == std::string_view::npos;
}

// What a layer is given: of one input its shape and a view of it, of several a list of each.
template <class Given, class T>
struct InputOf {
  using Value = ConstMatrixView<T>;
  using Gradient = MatrixView<T>;
};
template <class T>
struct InputOf<Shapes, T> {
  using Value = Inputs<ConstMatrixView<T>>;
  using Gradient = Inputs<MatrixView<T>>;
};
}  // namespace detail

/// A layer of one input, or with Given = Shapes a MergeLayer.
template <class T, class Given = Shape>
class AnyLayer {
  template <class U>
  using Value = typename detail::InputOf<Given, U>::Value;
  using ForwardValues = Values<ConstVectorView<T>, Value<T>, ConstMatrixView<T>>;
  using StepValues = Values<VectorView<T>, Value<T>, ConstMatrixView<T>>;
  using LayerGradients = Gradients<VectorView<T>, typename detail::InputOf<Given, T>::Gradient, ConstMatrixView<T>>;
  template <class L>
  static constexpr bool is_layer = std::is_same_v<Given, Shape> ? Layer<L> : MergeLayer<L>;

  // What is asked of the layers that a layer is made of.
  struct Inner {
    virtual std::string_view name() const = 0;
    virtual Description description() const = 0;
    virtual void tensors(Shape, Callback<const TensorShape&>) const = 0;

   protected:
    ~Inner() = default;
  };
  using Visitor = std::function<void(const Inner&, const Place&, Index level)>;

  template <class L>
  struct InnerView final : Inner {
    explicit InnerView(const L& seen) : layer(&seen) {}
    std::string_view name() const override { return layer->name(); }
    Description description() const override { return describe(*layer); }
    void tensors(Shape input, Callback<const TensorShape&> visit) const override {
      for_each_tensor(*layer, input, visit);
    }
    const L* layer;
  };

  // The contract of a layer with views of sizes known at run time.
  struct Interface {
    virtual ~Interface() = default;
    virtual std::unique_ptr<Interface> clone() const = 0;
    virtual const detail::TypeTag& tag() const = 0;
    virtual bool equals(const Interface& other) const = 0;
    virtual std::string_view name() const = 0;
    virtual Description description() const = 0;
    virtual void tensors(Given, Callback<const TensorShape&>) const = 0;
    virtual Place place(Given input) const = 0;
    virtual void for_each_inside(const Place&, const Visitor&, Index level) const = 0;
    virtual void initialize_state(Given, VectorView<T>) const = 0;
    virtual void initialize(Given, VectorView<T>, const Initializer&, Random&) const = 0;
    virtual void forward(Given, ConstVectorView<T>, const Value<T>&, MatrixView<T>, const Inference<T>&) const = 0;
    virtual void forward(Given, ConstVectorView<T>, const Value<T>&, MatrixView<T>, const Training<T>&) const = 0;
    // Dual numbers pass too, so that the gradients of any layer can be checked; by reference, as every program would
    // have to compile a view that is passed by value.
    virtual void forward(Given, const ConstVectorView<Dual<double>>&, const Value<Dual<double>>&,
                         MatrixView<Dual<double>>&&, const Training<Dual<double>>&) const = 0;
    virtual void backward(Given, const ForwardValues&, LayerGradients&, const Training<T>&) const = 0;
    virtual void descend(Given, const StepValues&, LayerGradients&, T rate, const Training<T>&) const = 0;
    virtual void input_gradient(Given, const ForwardValues&, LayerGradients&, const Training<T>&) const = 0;
    virtual void add_parameter_gradient(Given, const ForwardValues&, const LayerGradients&, T* target, T scale, Shard,
                                        const Training<T>&) const = 0;
  };

  template <class L>
  struct Holder final : Interface {
    explicit Holder(L given) : layer(std::move(given)) {}
    std::unique_ptr<Interface> clone() const override { return std::make_unique<Holder>(layer); }
    const detail::TypeTag& tag() const override { return detail::type_tag<L>; }
    bool equals(const Interface& other) const override {
      return detail::are_same(tag(), other.tag()) && layer == static_cast<const Holder&>(other).layer;
    }
    std::string_view name() const override { return layer.name(); }
    Description description() const override { return describe(layer); }
    void tensors(Given input, Callback<const TensorShape&> visit) const override {
      for_each_tensor(layer, input, visit);
    }
    Place place(Given input) const override { return place_of(layer, input); }
    void for_each_inside(const Place& place, const Visitor& visit, Index level) const override {
      const auto show = [&](const auto& inner, const Place& at, Index at_level) {
        visit(InnerView<std::remove_cvref_t<decltype(inner)>>(inner), at, at_level);
      };
      if constexpr (requires { layer.for_each_inside(place, show, level); }) layer.for_each_inside(place, show, level);
    }
    void initialize_state(Given input, VectorView<T> state) const override {
      nn::initialize_state(layer, input, state);
    }
    void initialize(Given input, VectorView<T> parameters, const Initializer& initializer,
                    Random& random) const override {
      nn::initialize(layer, input, parameters, initializer, random);
    }
    void forward(Given input, ConstVectorView<T> parameters, const Value<T>& x, MatrixView<T> y,
                 const Inference<T>& mode) const override {
      nn::forward(layer, input, parameters, x, y, mode);
    }
    void forward(Given input, ConstVectorView<T> parameters, const Value<T>& x, MatrixView<T> y,
                 const Training<T>& mode) const override {
      nn::forward(layer, input, parameters, x, y, mode);
    }
    void forward(Given input, const ConstVectorView<Dual<double>>& parameters, const Value<Dual<double>>& x,
                 MatrixView<Dual<double>>&& y, const Training<Dual<double>>& mode) const override {
      nn::forward(layer, input, parameters, x, y, mode);
    }
    void backward(Given input, const ForwardValues& values, LayerGradients& gradients,
                  const Training<T>& training) const override {
      nn::backward(layer, input, values, gradients, training);
    }
    void descend(Given input, const StepValues& values, LayerGradients& gradients, T rate,
                 const Training<T>& training) const override {
      nn::descend(layer, input, values, gradients, rate, training);
    }
    void input_gradient(Given input, const ForwardValues& values, LayerGradients& gradients,
                        const Training<T>& training) const override {
      nn::input_gradient(layer, input, values, gradients, training);
    }
    void add_parameter_gradient(Given input, const ForwardValues& values, const LayerGradients& gradients, T* target,
                                T scale, Shard shard, const Training<T>& training) const override {
      nn::add_parameter_gradient(layer, input, values, gradients, target, scale, shard, training);
    }
    [[no_unique_address]] L layer;
  };

 public:
  // The comparison stands first: to ask whether an AnyLayer is a Layer would ask this constructor again.
  template <class L>
  requires(!std::same_as<L, AnyLayer> && is_layer<L>) explicit AnyLayer(L layer)
      : held_(std::make_unique<Holder<L>>(std::move(layer))) {}

  AnyLayer(const AnyLayer& other) : held_(other.held_ == nullptr ? nullptr : other.held_->clone()) {}
  AnyLayer(AnyLayer&&) noexcept = default;
  AnyLayer& operator=(const AnyLayer& other) { return *this = AnyLayer(other); }
  AnyLayer& operator=(AnyLayer&&) noexcept = default;
  ~AnyLayer() = default;

  /// Whether the layer inside is an L.
  template <class L>
  bool is() const {
    return detail::are_same(held_->tag(), detail::type_tag<L>);
  }

  /// The layer inside where it is an L; null where it is another.
  template <class L>
  const L* as() const {
    return is<L>() ? &static_cast<const Holder<L>&>(*held_).layer : nullptr;
  }

  std::string_view name() const { return held_->name(); }
  Description description() const { return held_->description(); }
  Place place(Given input) const { return held_->place(input); }
  Shape output_shape(Given input) const { return place(input).output; }
  void tensors(Given input, Callback<const TensorShape&> visit) const { held_->tensors(input, visit); }
  void for_each_inside(const Place& place, const auto& visit, Index level) const {
    held_->for_each_inside(place, std::cref(visit), level);
  }
  void initialize_state(Given input, VectorView<T> state) const { held_->initialize_state(input, state); }
  void initialize(Given input, VectorView<T> parameters, const Initializer& initializer, Random& random) const {
    held_->initialize(input, parameters, initializer, random);
  }
  void forward(Given input, const auto& parameters, const auto& x, auto&& y, const auto& mode) const {
    using U = typename std::remove_cvref_t<decltype(x)>::Scalar;
    MatrixView<U> output(y.data(), y.rows(), y.cols());
    if constexpr (std::is_same_v<Given, Shape>)
      held_->forward(input, parameters, ConstMatrixView<U>(x.data(), x.rows(), x.cols()), std::move(output), mode);
    else
      held_->forward(input, parameters, x, std::move(output), mode);
  }
  void backward(Given input, const auto& values, auto& gradients, const auto& training) const {
    const ConstVectorView<T> parameters(values.parameters.data(), values.parameters.size());
    held_->backward(input, ForwardValues{parameters, values.input, values.output}, gradients, training);
  }
  void descend(Given input, const StepValues& values, LayerGradients& gradients, T rate,
               const Training<T>& training) const {
    held_->descend(input, values, gradients, rate, training);
  }
  void input_gradient(Given input, const ForwardValues& values, LayerGradients& gradients,
                      const Training<T>& training) const {
    held_->input_gradient(input, values, gradients, training);
  }
  void add_parameter_gradient(Given input, const ForwardValues& values, const LayerGradients& gradients, T* target,
                              T scale, Shard shard, const Training<T>& training) const {
    held_->add_parameter_gradient(input, values, gradients, target, scale, shard, training);
  }
  bool operator==(const AnyLayer& other) const { return held_->equals(*other.held_); }

 private:
  std::unique_ptr<Interface> held_;
};

}  // namespace nn
