// SPDX-License-Identifier: MIT
// generate FOLDER: writes every layer of the library as a C header, and C programs that compare what these compute with
// predict. run.sh compiles and runs them.
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include <nn/io/c_header.hpp>
#include <nn/networks/graph.hpp>

#include "../all_layers.hpp"
#include "../numbers.hpp"

namespace {

using nn::Index;
constexpr Index samples = 3;

/// The C file of one number type: headers, a check for each, and main.
struct CFile {
  std::string includes, checks, calls;
  int count = 0;

  void write(const std::string& path) const {
    std::ofstream(path) << "#include <stdio.h>\n"
                        << includes << R"(
static int check(const char *name, double worst, int self_test, double limit) {
  if (worst <= limit && self_test == 0) return 0;
  printf("%s differs by %g, self-test %d\n", name, worst, self_test);
  return 1;
}
)" << checks << "\nint main(void) {\n  int wrong = 0;\n"
                        << calls << "  printf(\"" << count
                        << " headers, %d differ\\n\", wrong);\n  return wrong != 0;\n}\n";
  }
};

template <class T>
std::string table(const nn::Matrix<T>& numbers) {
  const nn::detail::CText c("", sizeof(T) == 8);
  std::string text;
  for (Index i = 0; i < numbers.size(); ++i) text += (i == 0 ? "" : ",\n") + c.literal(numbers.data()[i]);
  return text;
}

template <class Network>
void add(CFile& file, const std::string& folder, const Network& network, const std::string& what,
         bool has_words = false) {
  using T = typename Network::Scalar;
  const std::string name = (sizeof(T) == 8 ? "d" : "f") + std::to_string(file.count++);
  nn::save_c_header(network, folder + "/" + name + ".h", {.name = name});
  nn::Matrix<T> x = test::drawn<T>(network.input_shape().size(), samples, 11, -2, 2);
  if (has_words) x = (x.array() + T(2)).floor().matrix();
  nn::Matrix<T> y(network.output_shape().size(), samples);
  for (Index i = 0; i < samples; ++i) y.col(i) = network.predict(nn::Vector<T>(x.col(i)));
  const nn::detail::CText c(name, sizeof(T) == 8);
  file.includes += "#include \"" + name + ".h\"\n";
  file.checks += c(R"(
static double check_%name%(void) {
  static const @ x[] = {%x%};
  static const @ expected[] = {%y%};
  static @ y[$output_size];
  double worst = 0;
  for (long s = 0; s < %samples%; ++s) {
    double largest = 0, most = 0;
    $predict(x + s * $input_size, y);
    for (long i = 0; i < $output_size; ++i) {
      const double right = (double)expected[s * $output_size + i], off = (double)y[i] - right;
      if (!(off <= 0 && off >= -most)) most = off < 0 ? -off : off > most || off != off ? off : most;
      if (right > largest) largest = right;
      if (-right > largest) largest = -right;
    }
    if (!(most <= worst * largest)) worst = most / largest;
  }
  return worst;
}
)",
                   {{"name", name}, {"x", table(x)}, {"y", table(y)}, {"samples", samples}});
  file.calls += c("  wrong += check(\"%what%\", check_%name%(), $self_test(), %limit%);\n",
                  {{"what", what}, {"name", name}, {"limit", sizeof(T) == 8 ? "1e-14" : "1e-6"}});
}

template <class T>
void randomize(auto& network) {
  nn::Random random{5};
  for (Index i = 0; i < network.parameter_count(); ++i) network.parameters()[i] = static_cast<T>(random.uniform(-1, 1));
  for (Index i = 0; i < network.state().size(); ++i) network.state()[i] = static_cast<T>(random.uniform(0.5, 1.5));
}

template <class T>
void add_every_layer(CFile& file, const std::string& folder) {
  test::for_each_layer([&](const auto& layer, const auto&... before) {
    nn::Sequential<T> network(nn::Input{5}, nn::Dense{5}, before..., layer);
    randomize<T>(network);
    const std::string name = nn::describe(layer).type;
    try {
      add(file, folder, network, name);
    } catch (const nn::load_error& problem) {
      --file.count;
      // An activation of the user's own is all that has no text in C.
      const std::string number = std::to_string(network.depth() - 1), type(nn::Activation<test::Swish>::name());
      if (std::string(problem.what()).find("layer " + number + ", a " + type + ", cannot be written in C; ") ==
          std::string::npos)
        throw;
      std::cout << "refused: " << name << ", an activation of the user's\n";
    }
  });
}

template <class T>
void add_shapes(CFile& file, const std::string& folder) {
  const auto of = [&](const char* what, nn::Input<> input, const auto&... layers) {
    nn::Sequential<T> network(input, layers...);
    randomize<T>(network);
    add(file, folder, network, what, std::string(what) == "words");
  };
  of("no layer", nn::Input{3});
  of("layers that do nothing", nn::Input{3}, nn::Dropout{0.5}, nn::Identity{});
  of("an activation alone", nn::Input{3}, nn::Tanh{});
  of("Normalize first", nn::Input{3}, nn::Normalize{}, nn::Dense{2});
  of("Denormalize last", nn::Input{3}, nn::Dense{2}, nn::Denormalize{});
  of("tiles of 16, 16 and 5 rows", nn::Input{7}, nn::Dense{37}, nn::Dense{19, nn::no_bias});
  of("same padding", nn::Input{5, 6, 2}, nn::Conv2D{3, 3, {.stride = 2, .padding = nn::same_padding}});
  of("dilation", nn::Input{7, 8, 2}, nn::Conv2D{3, 3, {.padding = {1, 3}, .dilation = {2, 3}}});
  of("dilation in rows alone", nn::Input{7, 8, 2}, nn::Conv2D{3, 3, {.padding = 2, .dilation = {2, 1}, .bias = false}});
  of("more padding than image", nn::Input{2, 2, 1}, nn::Conv2D{2, 3, {.padding = 3}});
  of("groups of many filters", nn::Input{4, 4, 4}, nn::Conv2D{36, 2, {.stride = {1, 2}, .groups = 2}});
  of("depthwise", nn::Input{5, 5, 3}, nn::Conv2D{3, 3, {.padding = 1, .groups = 3}});
  of("depthwise without bias", nn::Input{5, 5, 3}, nn::Conv2D{3, {2, 3}, {.dilation = 2, .groups = 3, .bias = false}});
  of("padded pools", nn::Input{5, 5, 3}, nn::MaxPool2D{3, {.stride = 2, .padding = 1}},
     nn::AveragePool2D{{2, 3}, {.stride = 1, .padding = 1}});
  of("pools of same padding", nn::Input{5, 5, 2}, nn::MaxPool2D{2, {.padding = nn::same_padding}},
     nn::AveragePool2D{2, {.stride = 1, .padding = nn::same_padding}});
  of("softmax of an image", nn::Input{3, 2, 2}, nn::Softmax{});
  of("residuals of the input", nn::Input{4}, nn::Residual{nn::Identity{}},
     nn::Residual{nn::ReLU{}, nn::Residual{nn::Dense{4}, nn::Tanh{}}, nn::Residual{nn::Identity{}}}, nn::Tanh{});
  of("causal", nn::Input{1, 9, 2}, nn::CausalConv1D{17, 3, {.stride = 2, .dilation = 3}});
  of("transposed", nn::Input{3, 4, 4},
     nn::ConvTranspose2D{6, {3, 2}, {.stride = {2, 3}, .padding = 1, .output_padding = 1, .groups = 2}});
  of("transposed and dilated", nn::Input{3, 4, 2},
     nn::ConvTranspose2D{3, {2, 3}, {.stride = 2, .padding = {0, 4}, .dilation = {1, 3}, .bias = false}});
  of("several steps of recurrent layers", nn::Input{1, 5, 3}, nn::LSTM{18, {.bias = false}}, nn::GRU{17},
     nn::Bidirectional{nn::GRU{5, {.reset_after = false}}}, nn::SimpleRNN{4, {.relu = true}}, nn::MeanOverTime{});
  of("both directions", nn::Input{1, 4, 2}, nn::Bidirectional{nn::SimpleRNN{3}}, nn::Bidirectional{nn::LSTM{3}},
     nn::GRU{2, {.reset_after = false, .bias = false}}, nn::MaxOverTime{});
  of("one step", nn::Input{1, 1, 3}, nn::Bidirectional{nn::LSTM{2}}, nn::GRU{2}, nn::LastStep{});
  of("words", nn::Input{6}, nn::Embedding{7, 4}, nn::LearnedPositions{9},
     nn::TransformerBlock{2, 20, {.norm_first = true, .attention = {.causal = true, .rotary = true}}}, nn::RMSNorm{},
     nn::GlobalAveragePool1D{});
  of("shared heads without biases", nn::Input{1, 3, 12}, nn::PositionalEncoding{},
     nn::MultiHeadAttention{6, {.key_value_heads = 2, .bias = false}}, nn::Permute{1, 0, 2});
  of("blocks for each pixel", nn::Input{2, 2, 4},
     nn::TimeDistributed{nn::Residual{nn::Dense{9}, nn::Tanh{}, nn::Dense{4}}, nn::Concat{nn::Identity{}, nn::Dense{2}},
                         nn::Softmax{}},
     nn::TimeDistributed{nn::Identity{}}, nn::Slice{.rows = {-1}, .columns = {0, -1}, .channels = {1, 4}});
  of("branches of branches", nn::Input{4, 4, 2},
     nn::Concat{nn::Identity{}, nn::Concat{nn::Conv2D{3, 1}, nn::ReLU{}},
                nn::Chain{nn::Conv2D{5, 3, {.padding = 1}}, nn::ReLU{}}},
     nn::Residual{nn::BatchNorm{}, nn::Sigmoid{}}, nn::GlobalAveragePool2D{}, nn::LogSoftmax{});
}

/// Every layer of several inputs, in graphs of several inputs and outputs.
template <class T>
void add_graphs(CFile& file, const std::string& folder) {
  test::for_each_merge_layer([&](const auto& layer) {
    nn::Graph<T> graph;
    const auto image = graph.input({2, 3, 4}), factors = graph.input({4});
    const auto convolved = graph.add(nn::Conv2D{4, 1}, image), gates = graph.add(nn::Dense{4}, factors);
    const auto merged = graph.add(layer, convolved, image);
    const auto flat = graph.add(nn::Flatten{}, merged);
    const std::string name(layer.name());
    if (name != "CrossAttention")  // whose third input is a length
      graph.output(graph.add(layer, graph.add(nn::Dense{4}, flat), gates, factors));
    if (name != "Concatenate") graph.output(graph.add(layer, gates, convolved));
    graph.output(flat);
    randomize<T>(graph);
    add(file, folder, graph, name);
  });
  nn::Graph<T> graph;
  const auto sequence = graph.input({1, 3, 4}), context = graph.input({1, 5, 18});
  const auto length = graph.add(nn::Add{}, graph.add(nn::BinaryStep{}, graph.input({1})),  // 0 to 2
                                graph.add(nn::BinaryStep{}, graph.input({1})));
  graph.output(graph.add(nn::CrossAttention{4, {.key_value_heads = 2, .bias = false}}, sequence, context, length));
  graph.output(graph.add(nn::CrossAttention{1}, sequence, context, length, length));
  randomize<T>(graph);
  add(file, folder, graph, "CrossAttention with lengths");
}

/// The networks whose flash and RAM are told.
void add_networks(CFile& file, const std::string& folder) {
  const auto named = [&](auto network, const char* name) {
    network.initialize(nn::Random{1});
    add(file, folder, network, name);
    std::ostringstream text;
    nn::save_c_header(network, text, {.name = name});
    const std::string all = text.str();
    const auto line = [&](const char* what) {
      const std::size_t at = all.find(std::string(" * ") + what);
      return all.substr(at + 3, all.find('\n', at) - at - 3);
    };
    std::cout << name << ": " << line("flash") << "; " << line("RAM") << "; " << line("multiply-adds") << '\n';
  };
  using namespace nn;
  named(Network<Input<2>, Dense<8>, Tanh, Dense<1>, Sigmoid>{}, "XOR");
  named(Network<Input<8>, Dense<16>, Tanh, Dense<16>, Tanh, Dense<4>>{}, "tiny");
  named(Network<Input<28, 28, 1>, Conv2D<6, 5, ConvOptions{.padding = 2}>, ReLU, MaxPool2D<2>, Conv2D<16, 5>, ReLU,
                MaxPool2D<2>, Flatten, Dense<120>, ReLU, Dense<84>, ReLU, Dense<10>, Softmax>{},
        "LeNet");
  named(Network<Input<784>, Dense<256>, ReLU, Dense<128>, ReLU, Dense<64>, ReLU, Dense<10>, Softmax>{}, "course");
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const std::string folder = arguments[1];
  CFile floats, doubles, networks;
  add_every_layer<float>(floats, folder);
  add_shapes<float>(floats, folder);
  add_graphs<float>(floats, folder);
  floats.write(folder + "/floats.c");
  add_every_layer<double>(doubles, folder);
  add_shapes<double>(doubles, folder);
  add_graphs<double>(doubles, folder);
  doubles.write(folder + "/doubles.c");
  networks.count = 1000;
  add_networks(networks, folder);
  networks.write(folder + "/networks.c");
}
