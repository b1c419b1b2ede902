// SPDX-License-Identifier: MIT
// The list of all layers and losses. tests/every_layer.cmake fails when a layer is defined that is not named here, and
// what is named here is checked with every loss.
#pragma once

#include <nn/inference.hpp>
#include <nn/losses/binary_cross_entropy.hpp>
#include <nn/losses/class_weighted.hpp>
#include <nn/losses/cross_entropy.hpp>
#include <nn/losses/focal.hpp>
#include <nn/losses/hinge.hpp>
#include <nn/losses/huber.hpp>
#include <nn/losses/kl_divergence.hpp>
#include <nn/losses/log_cosh.hpp>
#include <nn/losses/mean_absolute_error.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/losses/output_losses.hpp>
#include <nn/losses/sigmoid_binary_cross_entropy.hpp>
#include <nn/losses/softmax_cross_entropy.hpp>
#include <nn/losses/softmax_focal.hpp>
#include <nn/losses/softmax_kl_divergence.hpp>

namespace test {

struct Swish {
  auto operator()(auto x) const {
    using std::exp;
    return x / (1 + exp(-x));
  }
};

/// Calls visit(layer, before...) for every layer there is, in each of its forms, with the layers that it needs before
/// it: those for images are given one.
template <class Visit>
void for_each_layer(Visit&& visit) {
  visit(nn::Dense<4>{});
  visit(nn::Dense{4});
  visit(nn::Dense{4, nn::no_bias});
  visit(nn::BatchNorm{});
  visit(nn::BasicDropout<false>{0.3});  // Dropout
  visit(nn::BasicDropout<true>{0.3});   // Dropout2D
  visit(nn::Flatten{});
  visit(nn::Conv2D<3, 2>{}, nn::Dense<12>{}, nn::Reshape<2, 3, 2>{});
  visit(nn::Conv2D{4, 3, {.padding = 1, .groups = 2}}, nn::Dense{12}, nn::Reshape{2, 3, 2});
  visit(nn::MaxPool2D<2>{}, nn::Dense<24>{}, nn::Reshape<3, 4, 2>{});
  visit(nn::MaxPool2D{{1, 2}, {.stride = 1}}, nn::Dense{12}, nn::Reshape{2, 3, 2});
  visit(nn::MaxPool1D<2>{}, nn::Dense<12>{}, nn::Reshape<1, 4, 3>{});
  visit(nn::MaxPool1D{2, {.stride = 1}}, nn::Dense{12}, nn::Reshape{1, 4, 3});
  visit(nn::AveragePool2D<2>{}, nn::Dense<24>{}, nn::Reshape<3, 4, 2>{});
  visit(nn::AveragePool2D{{1, 2}, {.stride = 1}}, nn::Dense{12}, nn::Reshape{2, 3, 2});
  visit(nn::AveragePool1D<2>{}, nn::Dense<12>{}, nn::Reshape<1, 4, 3>{});
  visit(nn::AveragePool1D{2, {.stride = 1}}, nn::Dense{12}, nn::Reshape{1, 4, 3});
  visit(nn::GlobalAveragePool2D{}, nn::Dense{12}, nn::Reshape{2, 3, 2});
  visit(nn::Conv1D<3, 2>{}, nn::Dense<12>{}, nn::Reshape<1, 4, 3>{});
  visit(nn::Conv1D{4, 3, {.padding = 1}}, nn::Dense{12}, nn::Reshape{1, 4, 3});
  visit(nn::CausalConv1D<3, 2>{}, nn::Dense<12>{}, nn::Reshape<1, 4, 3>{});
  visit(nn::CausalConv1D{4, 2, {.dilation = 2}}, nn::Dense{12}, nn::Reshape{1, 4, 3});
  visit(nn::ConvTranspose1D<3, 2>{}, nn::Dense<6>{}, nn::Reshape<1, 3, 2>{});
  visit(nn::ConvTranspose1D{2, 3, {.stride = 2, .padding = 1}}, nn::Dense{6}, nn::Reshape{1, 3, 2});
  visit(nn::ConvTranspose2D<2, 2>{}, nn::Dense<8>{}, nn::Reshape<2, 2, 2>{});
  visit(nn::ConvTranspose2D{4, {2, 3}, {.padding = {0, 1}, .groups = 2}}, nn::Dense{8}, nn::Reshape{2, 2, 2});
  visit(nn::SimpleRNN<3>{}, nn::Dense<12>{}, nn::Reshape<1, 4, 3>{});
  visit(nn::LSTM<2>{}, nn::Dense<9>{}, nn::Reshape<1, 3, 3>{});
  visit(nn::LSTM{3, {.recurrent_dropout = 0.3}}, nn::Dense{6}, nn::Reshape{1, 2, 3});
  visit(nn::GRU<3>{}, nn::Dense<6>{}, nn::Reshape<1, 3, 2>{});
  visit(nn::GRU{3, {.reset_after = false}}, nn::Dense{6}, nn::Reshape{1, 3, 2});
  visit(nn::Bidirectional<nn::GRU<2>>{}, nn::Dense<6>{}, nn::Reshape<1, 3, 2>{});
  visit(nn::Bidirectional{nn::LSTM{2}}, nn::Dense{6}, nn::Reshape{1, 3, 2});
  visit(nn::LastStep{}, nn::Dense{6}, nn::Reshape{1, 3, 2});
  visit(nn::MeanOverTime{}, nn::Dense{6}, nn::Reshape{1, 3, 2});
  visit(nn::MaxOverTime{}, nn::Dense{6}, nn::Reshape{1, 3, 2});
  visit(nn::UpSample2D<2>{}, nn::Dense<4>{}, nn::Reshape<2, 1, 2>{});
  visit(nn::UpSample2D{{1, 2}}, nn::Dense{4}, nn::Reshape{2, 1, 2});
  visit(nn::ZeroPad2D<1>{}, nn::Dense<4>{}, nn::Reshape<2, 1, 2>{});
  visit(nn::ZeroPad2D{{0, 1, 2, 0}}, nn::Dense{4}, nn::Reshape{2, 1, 2});
  visit(nn::LayerNorm{});
  visit(nn::GroupNorm<2>{}, nn::Dense<12>{}, nn::Reshape<2, 1, 6>{});
  visit(nn::GroupNorm{2}, nn::Dense{12}, nn::Reshape{3, 1, 4});
  visit(nn::Reshape{2, 1, 2}, nn::Dense{4});
  visit(nn::Slice{.rows = {0, -1}, .columns = {1}, .channels = {-2, -1}}, nn::Dense{12}, nn::Reshape{2, 2, 3});
  visit(nn::Permute{2, 0, 1}, nn::Dense{12}, nn::Reshape{2, 2, 3});
  visit(nn::Normalize{});
  visit(nn::Denormalize{});
  visit(nn::Chain<nn::Dense<4>, nn::Tanh>{});
  visit(nn::Chain{nn::Dense{4}, nn::BatchNorm{}, nn::Dropout{0.3}});
  visit(nn::Residual<nn::Dense<3>, nn::Tanh, nn::Dense<5>>{}, nn::Dense<5>{});
  visit(nn::Residual{nn::Conv2D{2, 3, {.padding = 1}}, nn::Tanh{}}, nn::Dense{12}, nn::Reshape{2, 3, 2});
  visit(nn::Concat<nn::Identity, nn::Dense<2>, nn::Chain<nn::Dense<3>, nn::Tanh>>{});
  visit(nn::Concat{nn::Chain{nn::Residual{nn::Conv2D{2, 1}, nn::Tanh{}}, nn::Conv2D{3, 1}}, nn::Dropout{0.3}},
        nn::Dense{12}, nn::Reshape{2, 3, 2});
  visit(nn::TimeDistributed<nn::Dense<3>, nn::Tanh>{}, nn::Dense<6>{}, nn::Reshape<1, 3, 2>{});
  visit(nn::TimeDistributed{nn::Dense{3}, nn::Dropout{0.3}}, nn::Dense{6}, nn::Reshape{1, 3, 2});
  visit(nn::Embedding<2, 3>{}, nn::Dense<2>{}, nn::BinaryStep{});
  // The row of padding has no gradient, by definition, so none of the integers, 0 and 1, is it.
  visit(nn::Embedding{3, 3, {.padding_index = 2}}, nn::Dense{2}, nn::BinaryStep{});
  visit(nn::PositionalEncoding{}, nn::Dense<6>{}, nn::Reshape<1, 3, 2>{});
  visit(nn::LearnedPositions<4>{}, nn::Dense<6>{}, nn::Reshape<1, 3, 2>{});
  visit(nn::LearnedPositions{4}, nn::Dense{6}, nn::Reshape{1, 3, 2});
  visit(nn::RMSNorm{}, nn::Dense<6>{}, nn::Reshape<1, 2, 3>{});
  visit(nn::GlobalAveragePool1D{}, nn::Dense<6>{}, nn::Reshape<1, 3, 2>{});
  visit(nn::MultiHeadAttention<2>{}, nn::Dense<12>{}, nn::Reshape<1, 3, 4>{});
  visit(nn::MultiHeadAttention{2, {.causal = true, .key_value_heads = 1, .rotary = true}}, nn::Dense{12},
        nn::Reshape{1, 3, 4});
  visit(nn::FeedForward<3>{}, nn::Dense<6>{}, nn::Reshape<1, 3, 2>{});
  visit(nn::FeedForward{3, nn::Tanh{}}, nn::Dense{6}, nn::Reshape{1, 3, 2});
  visit(nn::TransformerBlock<1, 3>{}, nn::Dense<8>{}, nn::Reshape<1, 2, 4>{});
  visit(nn::TransformerBlock{2, 3, {.norm_first = true}, nn::GELU{}, 0.3}, nn::Dense{8}, nn::Reshape{1, 2, 4});
  visit(nn::Activation<Swish>{});
  visit(nn::BinaryStep{});
  visit(nn::ELU{0.7});
  visit(nn::GELU{});
  visit(nn::GELUTanh{});
  visit(nn::HardSigmoid{});
  visit(nn::HardTanh{});
  visit(nn::HardTanh{-0.5, 0.25});
  visit(nn::Identity{});
  visit(nn::LeakyReLU{0.1});
  visit(nn::LogSoftmax{});
  visit(nn::Mish{});
  visit(nn::PReLU{});
  visit(nn::PReLU{nn::per_channel});
  visit(nn::ReLU{});
  visit(nn::SELU{});
  visit(nn::Sigmoid{});
  visit(nn::SiLU{});
  visit(nn::Softmax{});
  visit(nn::Softplus{});
  visit(nn::Softsign{});
  visit(nn::Tanh{});
}

/// Calls visit(layer) for every layer of several inputs.
template <class Visit>
void for_each_merge_layer(Visit&& visit) {
  visit(nn::Add{});
  visit(nn::Concatenate{});
  visit(nn::CrossAttention{2});
  visit(nn::Maximum{});
  visit(nn::Minimum{});
  visit(nn::Multiply{});
  visit(nn::Subtract{});
}

/// What a loss is given: anything, probabilities of which one is to be 1, probabilities of yes, or -1 and 1.
enum class Targets { real, distribution, yes_or_no, sign };

/// Calls visit(loss, targets, last...) for every loss there is, with the layers that it needs before it. Those that
/// are fused with a final activation come fused and, with an Identity between, not fused.
template <class Visit>
void for_each_loss(Visit&& visit) {
  visit(nn::Huber{0.5}, Targets::real);
  visit(nn::LogCosh{}, Targets::real);
  visit(nn::MeanAbsoluteError{}, Targets::real);
  visit(nn::MeanSquaredError{}, Targets::real);
  visit(nn::Hinge{}, Targets::sign);
  visit(nn::CrossEntropy{}, Targets::distribution, nn::Softmax{});
  visit(nn::CrossEntropy{}, Targets::distribution, nn::Softmax{}, nn::Identity{});
  visit(nn::CrossEntropy{.label_smoothing = 0.1}, Targets::distribution, nn::Softmax{});
  visit(nn::CrossEntropy{.label_smoothing = 0.1}, Targets::distribution, nn::Softmax{}, nn::Identity{});
  visit(nn::SoftmaxCrossEntropy{}, Targets::distribution);
  visit(nn::KLDivergence{}, Targets::distribution, nn::Softmax{});
  visit(nn::KLDivergence{}, Targets::distribution, nn::Softmax{}, nn::Identity{});
  visit(nn::SoftmaxKLDivergence{}, Targets::distribution);
  visit(nn::Focal{}, Targets::distribution, nn::Softmax{});
  visit(nn::Focal{}, Targets::distribution, nn::Softmax{}, nn::Identity{});
  visit(nn::SoftmaxFocal{.gamma = 0.5}, Targets::distribution);
  visit(nn::ClassWeighted{nn::CrossEntropy{}, {1, 3, 0.5}}, Targets::distribution, nn::Softmax{});
  visit(nn::ClassWeighted{nn::CrossEntropy{}, {1, 3, 0.5}}, Targets::distribution, nn::Softmax{}, nn::Identity{});
  visit(nn::BinaryCrossEntropy{}, Targets::yes_or_no, nn::Sigmoid{});
  visit(nn::BinaryCrossEntropy{}, Targets::yes_or_no, nn::Sigmoid{}, nn::Identity{});
  visit(nn::SigmoidBinaryCrossEntropy{}, Targets::yes_or_no);
  visit(nn::OutputLosses{nn::OutputLoss{nn::MeanSquaredError{}, 1, 2.0}, nn::OutputLoss{nn::Huber{}, 2}},
        Targets::real);
}

}  // namespace test
