// SPDX-License-Identifier: MIT
// What stands in a file's schema; nn/io/json_events.hpp gives the reader its events.
#include <nn/io/schema_reader.hpp>

#include <sstream>
#include <streambuf>
#include <string>
#include <vector>

#include <nn/io/load_network.hpp>

#include "../catch.hpp"
#include "../memory_watch.hpp"
#include "files.hpp"

namespace {

const nn::Network<nn::Input<3>, nn::Dense<2>, nn::Softmax> of_three;
const nn::Schema weather_schema = [] {
  nn::Schema schema;
  schema.inputs = {{"wind", {}, {}, {}, 2.5}, {"sky", {}, {}, {"clear", "grey"}, 1}};
  schema.target = {"rain", {}, {}, {"no", "yes"}};
  return schema;
}();

// The file of that network up to its end, and then the text.
std::string file_with_schema(const std::string& text) {
  std::string file = test::text_of(of_three);
  return file.substr(0, file.rfind('}')) + ", \"schema\": " + text;
}
// The same schema, with pieces to break it.
std::string schema_text(const std::string& inputs, const std::string& target = R"({"name": "rain"})") {
  return R"({"inputs": [)" + inputs + R"(], "target": )" + target + "}}";
}

// Without what stands at the end, the byte.
std::string sentence_of_schema(const std::string& text) {
  const std::string sentence = test::load_error_of_text(of_three, file_with_schema(text));
  std::istringstream stream(file_with_schema(text));
  const std::string other = test::load_error_of([&] { nn::load_network(stream); });
  CHECK(other.empty() == sentence.empty());  // both readers are as strict
  return sentence.substr(0, sentence.rfind(" (at byte"));
}

// A text, then a piece of it again and again.
class RepeatedText : public std::streambuf {
 public:
  RepeatedText(std::string start, std::string piece) : start_(std::move(start)), piece_(std::move(piece)) {
    setg(start_.data(), start_.data(), start_.data() + start_.size());
  }
  std::size_t pieces() const { return pieces_; }

 private:
  int_type underflow() override {
    if (++pieces_ > 100'000'000) return traits_type::eof();
    const std::size_t hole = piece_.find('#');
    current_ =
        hole == std::string::npos ? piece_ : piece_.substr(0, hole) + std::to_string(pieces_) + piece_.substr(hole + 1);
    setg(current_.data(), current_.data(), current_.data() + current_.size());
    return traits_type::to_int_type(current_[0]);
  }

  std::string start_, piece_, current_;
  std::size_t pieces_ = 0;
};

}  // namespace

TEST_CASE("A schema comes back as it was saved, and is optional") {
  std::stringstream file;
  nn::save(of_three, file, {.schema = weather_schema});
  auto network = of_three;
  nn::Schema schema;
  nn::load(network, file, {.schema = &schema});
  CHECK(schema == weather_schema);
  file.clear();
  file.seekg(0);
  nn::Schema other;
  nn::load_network(file, {.schema = &other});
  CHECK(other == weather_schema);
  std::istringstream without(test::text_of(of_three));
  nn::load(network, without, {.schema = &schema});
  CHECK(schema.is_empty());
}

TEST_CASE("Who does not ask for the schema reads the network alone") {
  std::stringstream file;
  nn::save(of_three, file, {.schema = weather_schema});
  auto network = of_three;
  network.initialize(nn::Random{5});
  nn::load(network, file);
  CHECK(test::have_equal_bits(network, of_three));
}

TEST_CASE("The classes of a schema are the file's classes, and not named a second time") {
  std::stringstream file;
  nn::save(of_three, file, {.schema = weather_schema});
  auto network = of_three;
  std::vector<std::string> classes;
  nn::load(network, file, {.classes = &classes});
  CHECK(classes == std::vector<std::string>{"no", "yes"});
  CHECK_THROWS_AS(nn::save(of_three, file, {.classes = {"no", "yes"}, .schema = weather_schema}), nn::data_error);
  CHECK(sentence_of_schema(R"({"inputs": [{"name": "wind"}, {"name": "sky", "categories": ["a", "b"]}],
                               "target": {"name": "rain", "categories": ["no", "yes"]}}, "classes": ["x", "y"]})") ==
        "load: the stream: Schema: its target \"rain\" names the classes; leave \"classes\" out; the file is damaged, "
        "or not all of one network");
}

TEST_CASE("Names of any kind, keys in any order, numbers with and without a point are read") {
  std::istringstream file(file_with_schema(
      R"({"target": {"categories": ["\u72d7\n", ""], "name": "\""}, "inputs": [{"filling": 1, "name": "a"},
          {"name": "b", "filling": 2.5e-3}, {"name": "c", "filling": -1}]}})"));
  nn::Schema schema;
  nn::load_network(file, {.schema = &schema});
  CHECK(schema.target.name == "\"");
  CHECK(schema.target.categories == std::vector<std::string>{"\xE7\x8B\x97\n", ""});
  CHECK(*schema.inputs[0].filling == 1);
  CHECK(*schema.inputs[1].filling == 2.5e-3);
  CHECK(*schema.inputs[2].filling == -1);
}

TEST_CASE("What is no schema is refused, with its place") {
  const std::string c = R"({"name": "sky", "categories": ["a", "b"]})", a = R"({"name": "wind"})";
  const std::string target = R"({"name": "rain", "categories": ["no", "yes"]})";
  CHECK(sentence_of_schema(schema_text(a + ", " + c, target)).empty());
  const std::pair<std::string, std::string> cases[] = {
      {"[]}", ": schema is a list, but must be an object {...}"},
      {"1}", ": schema is a number, but must be an object {...}"},
      {"null}", ": schema is null (which is what some programs write for NaN), but must be an object {...}"},
      {"{}}", ": schema lacks \"inputs\""},
      {R"({"columns": 1}})", R"(: schema has the key "columns", which is none of "inputs", "target")"},
      {R"({"inputs": {}}})", ": schema.inputs is an object, but must be a list [...]"},
      {R"({"inputs": []}})", ": schema.inputs[0] is missing; a network has at least one input"},
      {R"({"inputs": ["a"]}})", ": schema.inputs[0] is a text, but must be an object {...}"},
      {"{\"inputs\": [" + a + "]}}", ": schema lacks \"target\""},
      {"{\"inputs\": [" + a + "], \"inputs\": []}}", ": schema has the key \"inputs\" twice"},
      {schema_text(a + ", " + c, "[]"), ": schema.target is a list, but must be an object {...}"},
      {schema_text(a + ", " + c, "{}"), ": schema.target lacks \"name\""},
      {schema_text(a + ", {\"categories\": [\"a\"]}"), ": schema.inputs[1] lacks \"name\""},
      {schema_text(R"({"name": 1})"), ": schema.inputs[0].name is a number, but must be a text"},
      {schema_text(R"({"name": "a", "name": "b"})"), ": schema.inputs[0] has the key \"name\" twice"},
      {schema_text(R"({"kind": "a"})"),
       R"(: schema.inputs[0] has the key "kind", which is none of "name", "categories", "filling")"},
      {schema_text(R"({"name": "a", "categories": "b"})"),
       ": schema.inputs[0].categories is a text, but must be a list [...]"},
      {schema_text(R"({"name": "a", "categories": []})"),
       ": schema.inputs[0].categories[0] is missing; leave \"categories\" out for numbers"},
      {schema_text(R"({"name": "a", "categories": ["b", 1]})"),
       ": schema.inputs[0].categories[1] is a number, but must be a text"},
      {schema_text(R"({"name": "a", "categories": [["b"]]})"),
       ": schema.inputs[0].categories[0] is a list, but must be a text"},
      {schema_text(R"({"name": "a", "filling": "b"})"), ": schema.inputs[0].filling is a text, but must be a number"},
      {schema_text(R"({"name": "a", "filling": true})"), ": schema.inputs[0].filling is true, but must be a number"},
      {schema_text(R"({"name": "a", "filling": 1e999})"),
       ": schema.inputs[0].filling is 1e999, which is too large for a double"},
      {schema_text(R"({"name": "a", "filling": NaN})"),
       ": schema.inputs[0].filling is not JSON: did not expect the byte 78 'N'"},
      {schema_text(a + ", " + c + ", " + a),
       ": schema.inputs[2] makes more than the 3 features that a network may read"},
      {schema_text(R"({"name": "a", "categories": ["b", "c", "d", "e"]})"),
       ": schema.inputs[0].categories[3] makes more than the 3 features that a network may read"},
      {schema_text(a + ", " + c, R"({"name": "rain", "categories": ["a", "b", "c"]})"),
       ": schema.target.categories[2] is one more than the 2 classes there may be"},
      {R"({"inputs": [{"name": "a")", ": schema.inputs[0] ends too early; the file is cut off"},
  };
  for (const auto& [text, what] : cases) {
    INFO(text);
    CHECK(sentence_of_schema(text) == "load: the stream" + what);
  }
}

TEST_CASE("Columns that cannot be those of the network's table are refused") {
  const std::string c = R"({"name": "sky", "categories": ["a", "b"]})", a = R"({"name": "wind"})";
  const std::string two = R"({"name": "rain", "categories": ["no", "yes"]})";
  const std::string end = "; the file is damaged, or not all of one network";
  const std::pair<std::string, std::string> cases[] = {
      {schema_text(a, two),
       "Schema: its columns make 1 features, but the network reads 3; take the schema of the table "
       "it was trained on"},
      {schema_text(a + ", " + c),
       "Schema: its target \"rain\" has numbers, but the network has 2 outputs; give it one "
       "for each class, and one for a number"},
      {schema_text(a + ", " + a + ", " + a, two), "Schema: has the column \"wind\" twice; rename one"},
      {schema_text(a + R"(, {"name": "rain", "categories": ["a", "b"]})", two),
       "Schema: has the column \"rain\" twice; rename one"},
      {schema_text(a + R"(, {"name": "sky", "categories": ["a", "a"]})", two),
       "Schema: the column \"sky\" has the category \"a\" twice; name each once"},
      {schema_text(a + R"(, {"name": "sky", "categories": ["a", "b"], "filling": 2})", two),
       "Schema: the column \"sky\" is filled with the category 2, but has the categories 0 to 1"},
      {schema_text(a + R"(, {"name": "sky", "categories": ["a", "b"], "filling": 0.5})", two),
       "Schema: the column \"sky\" is filled with the category 0.5, but has the categories 0 to 1"},
      {schema_text(R"({"name": ""}, )" + c, two), "Schema: the column \"\" needs a name"},
  };
  for (const auto& [text, what] : cases) {
    INFO(text);
    CHECK(sentence_of_schema(text) == "load: the stream: " + what + end);
  }
}

TEST_CASE("A schema without an end is refused early and in little memory") {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"inputs": [)", R"({"name": "#"},)"},
      {R"({"inputs": [{"name": "a", "categories": [)", R"("#",)"},
      {R"({"target": {"name": "a", "categories": [)", R"("#",)"},
      {R"({"inputs": [{"name": "a", "categories": [)", R"("",)"},
      {R"({"inputs": [{"name": ")", "a"},
      {R"({"inputs": [{"name": "a", "filling": 1)", "0"},
      {R"({"inputs": [{"name": "a", "filling": )", "["},
      {R"({"inputs": )", "["},
      {R"({)", " "},
  };
  for (const auto& [start, piece] : cases) {
    INFO(start << piece << piece << "...");
    RepeatedText buffer(file_with_schema(start), piece);
    std::istream stream(&buffer);
    auto network = of_three;
    const test::MemoryWatch memory;
    CHECK(test::load_error_of([&] { nn::load(network, stream); }).starts_with("load: the stream"));
    CHECK(buffer.pieces() < 20'000);  // pieces of one byte fill a buffer
    CHECK(memory.peak() < 1'000'000);
  }
  RepeatedText buffer(file_with_schema(R"({"inputs": [{"name": "a", "categories": [)"), R"("#",)");
  std::istream stream(&buffer);
  CHECK(test::load_error_of([&] {
          nn::load_network(stream);
        }).starts_with("load: the stream: schema.inputs[0].categories[1000000] makes more than the 1000000 features"));
  CHECK(buffer.pieces() < 1'100'000);
}

TEST_CASE("What cannot be saved is refused before anything is written") {
  const auto refuses = [](const nn::Schema& schema, const std::string& sentence) {
    std::ostringstream stream;
    CHECK_THROWS_MATCHES(nn::save(of_three, stream, {.schema = schema}), nn::data_error,
                         Catch::Matchers::Message(sentence));
    CHECK(stream.str().empty());
  };
  nn::Schema schema = weather_schema;
  schema.inputs[1].categories[0] = "\xFF";
  refuses(schema, "save: the name of the category \"?\" is not UTF-8; convert it");
  schema = weather_schema;
  schema.target.name = std::string(1001, 'x');
  refuses(schema, "save: the name of a column has 1001 bytes, more than 1000; shorten it");
  schema = weather_schema;
  schema.inputs.pop_back();
  refuses(schema,
          "Schema: its columns make 1 features, but the network reads 3; take the schema of the table it was "
          "trained on");
}
