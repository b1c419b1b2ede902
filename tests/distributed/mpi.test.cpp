// SPDX-License-Identifier: MIT
// Run by mpirun on several processes (see mpi_test.sh), each of which writes what its training ended in.
#include <nn/distributed/mpi.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <bit>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

#include <nn/core/hash.hpp>
#include <nn/network.hpp>

namespace {

using Digits = nn::Network<nn::Input<8, 8, 1>, nn::Conv2D<3, 3>, nn::ReLU, nn::MaxPool2D<2>, nn::Flatten, nn::Dense<32>,
                           nn::Tanh, nn::Dense<3>, nn::Softmax>;

nn::Dataset samples() {
  nn::Random random(5);
  nn::Matrix<float> x(64, 43);
  std::vector<int> labels;
  for (nn::Index k = 0; k < x.size(); ++k) x.data()[k] = static_cast<float>(random.uniform(-1, 1));
  for (int k = 0; k < 43; ++k) labels.push_back(k % 3);
  return {x, labels};
}

struct Choice {
  std::string what, folder;
  nn::Index threads = 1;
  std::int64_t last_update = -1;  // after which the last process kills itself
  bool is(const char* name) const { return what == name; }
};

// Trains, as the choice says, on the processes of a communicator.
std::uint64_t trained(MPI_Comm communicator, const Choice& choice) {
  nn::mpi::Group group{communicator};
  Digits network;
  network.initialize(nn::Random{7});
  nn::Trainer trainer{
      network, nn::CrossEntropy{}, nn::Adam{.learning_rate = 0.01}, {.threads = choice.threads, .group = group}};
  nn::FitOptions options{.epochs = choice.is("survive") ? 40 : 3, .batch_size = 10, .validation_share = 0.2};
  const std::string path = choice.folder + "/checkpoint";
  options.on_batch = [&](const nn::Progress& now) {
    if (choice.is("throw") && group.rank() == group.size() - 1 && now.epoch == 2)
      throw nn::data_error("the last process has had enough");
    if (choice.is("checkpoint") && now.epoch == 2 && now.batch == 2) {
      trainer.save_checkpoint(path);
      return false;
    }
    if (choice.is("disk")) trainer.save_checkpoint(choice.folder + "/no such folder/checkpoint");
    if (choice.is("full disk")) {
      std::signal(SIGXFSZ, SIG_IGN);  // a file that grows beyond the limit is an error then, as on a full disk
      rlimit limit{100, 100};
      ::setrlimit(RLIMIT_FSIZE, &limit);
      trainer.save_checkpoint(path);
    }
    if (choice.is("survive")) {
      if (group.rank() == group.size() - 1 && trainer.step_count() == choice.last_update) std::raise(SIGKILL);
      trainer.save_checkpoint(path);
    }
    return true;
  };
  if (choice.is("resume") || (choice.is("survive") && ::access(path.c_str(), F_OK) == 0)) trainer.resume(path);
  if (choice.is("survive")) std::ofstream(choice.folder + "/process." + std::to_string(group.rank())) << ::getpid();
  const nn::Dataset data = samples();
  if (choice.is("other batches") && group.rank() == 1) options.batch_size = 5;
  trainer.fit(data, options);
  nn::Hash hash;
  hash.add(std::bit_cast<std::uint64_t>(
      nn::evaluate(network, nn::CrossEntropy{}, data, {.batch_size = 4, .group = group}).loss));
  hash.add({reinterpret_cast<const char*>(network.parameters().data()),
            sizeof(float) * static_cast<std::size_t>(network.parameter_count())});
  return hash.value();
}

}  // namespace

// usage: mpi_test what folder threads last-update
int main(int count, char** arguments) {
  int level = 0, rank = 0;
  MPI_Init_thread(&count, &arguments, MPI_THREAD_FUNNELED, &level);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  int result = 0;
  try {
    const Choice choice{count > 1 ? arguments[1] : "fit", count > 2 ? arguments[2] : ".",
                        count > 3 ? std::atoi(arguments[3]) : 1, count > 4 ? std::atoi(arguments[4]) : -1};
    MPI_Comm communicator = MPI_COMM_WORLD;
    if (choice.is("halves")) MPI_Comm_split(MPI_COMM_WORLD, rank % 2, rank, &communicator);
    std::printf("%016llx\n", static_cast<unsigned long long>(trained(communicator, choice)));
  } catch (const std::exception& problem) {
    std::printf("%s\n", problem.what());
    result = 1;
  }
  std::fflush(stdout);
  MPI_Finalize();
  return result;
}
