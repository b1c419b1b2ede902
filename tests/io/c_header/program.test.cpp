// SPDX-License-Identifier: MIT
#include <string>

#include <nn/io/c_header/program.hpp>

#include "../../catch.hpp"
#include "c_layer.hpp"

namespace c_program_test {
using namespace nn::detail;
using nn::Index;
using nn::Shape;
using test::c_layer;
const CText c("net", false);

TEST_CASE("values lie in scratch for as long as they are read, and the last in the caller's array") {
  const auto tanh = [](Index size) { return c_layer("Tanh", {}, Shape(size), Shape(size)); };
  const auto pad = [](Index from, Index to) {
    return c_layer("ZeroPad2D", {{"top", 0}, {"bottom", 0}, {"left", 0}, {"right", 0}}, Shape(from), Shape(to));
  };
  const CProgram program({pad(2, 5), tanh(5), pad(5, 7), pad(7, 3), pad(3, 4)}, {2}, c);
  CHECK(program.steps().size() == 5);
  CHECK(program.argument(0) == "x");
  CHECK(program.argument(1) == "scratch + 7");
  CHECK(program.argument(2) == "scratch + 7");  // in place
  CHECK(program.argument(3) == "scratch");
  CHECK(program.argument(4) == "scratch + 7");  // where the 5 were, which nobody reads any more
  CHECK(program.argument(5) == "y");
  CHECK(program.scratch_size() == 12);
}

TEST_CASE("of values of one size the first lies first") {
  const auto pad = [](Index from, Index to) {
    return c_layer("ZeroPad2D", {{"top", 0}, {"bottom", 0}, {"left", 0}, {"right", 0}}, Shape(from), Shape(to));
  };
  const CProgram program({pad(2, 5), pad(5, 5), pad(5, 4)}, {2}, c);
  CHECK(program.argument(1) == "scratch");
  CHECK(program.argument(2) == "scratch + 5");
  CHECK(program.scratch_size() == 10);
}

TEST_CASE("a network of no steps copies its input in C") {
  const CProgram program({c_layer("Flatten", {}, Shape(2, 2, 1), Shape(4))}, {4}, c);
  CHECK(program.steps().size() == 1);
  CHECK(program.steps()[0].code.body == "  for (long i = 0; i < 4; ++i) y[i] = x[i];\n");
  CHECK(program.scratch_size() == 0);
}

TEST_CASE("layers for every step of a sequence have scratch for one step in C, within that of the network") {
  CLayer each = c_layer("TimeDistributed", {}, Shape(1, 6, 2), Shape(1, 6, 4));
  const auto pad = [](Index from, Index to) {
    return c_layer("ZeroPad2D", {{"top", 0}, {"bottom", 0}, {"left", 0}, {"right", 0}}, Shape(from), Shape(to));
  };
  each.inside = {pad(2, 5), pad(5, 4)};
  const CProgram program({each, pad(24, 3)}, {12}, c);
  CHECK(program.steps().size() == 2);
  CHECK(program.steps()[0].inside.size() == 2);
  CHECK(program.scratch_size() == 24 + 5);
  CHECK(program.calls("") == "net_layer_0(x, scratch, scratch + 24);\nnet_layer_0(scratch, y);\n");
}

TEST_CASE("the inputs of a graph lie one after the other in C, and each layer reads what it is told") {
  CLayer sum = c_layer("Add", {}, Shape(3), Shape(3)), tanh = c_layer("Tanh", {}, Shape(3), Shape(3)), last = sum;
  tanh.reads = {1};
  sum.reads = {2, 1};  // the tanh, and the second input
  last.reads = {3, 0};
  sum.inputs = last.inputs = {Shape(3), Shape(3)};
  sum.number = "1";
  last.number = "2";
  const CProgram program({tanh, sum, last}, {3, 3}, c);
  CHECK(program.calls("") == "net_layer_0(x + 3, y);\nnet_layer_1(x + 3, y);\nnet_layer_2(x, y);\n");
}
}  // namespace c_program_test
