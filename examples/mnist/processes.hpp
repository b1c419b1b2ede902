// SPDX-License-Identifier: MIT
// The processes that mpirun has started, where the example is built with MPI; else this one alone.
#pragma once

#include <nn/training/step/process_group.hpp>

#ifdef NN_MNIST_MPI
#include <nn/distributed/mpi.hpp>

#include <optional>
#endif

namespace mnist {

#ifdef NN_MNIST_MPI

/// MPI is at work while it lives.
class AllProcesses {
 public:
  AllProcesses(int& argument_count, char**& arguments) {
    int level = 0;
    MPI_Init_thread(&argument_count, &arguments, MPI_THREAD_FUNNELED, &level);
    group_.emplace(MPI_COMM_WORLD);
  }
  AllProcesses(const AllProcesses&) = delete;
  AllProcesses& operator=(const AllProcesses&) = delete;
  ~AllProcesses() {
    group_.reset();
    MPI_Finalize();
  }
  nn::Processes processes() { return *group_; }

 private:
  std::optional<nn::mpi::Group> group_;
};

#else

class AllProcesses {
 public:
  AllProcesses(int, char**) {}
  nn::Processes processes() { return {}; }
};

#endif

}  // namespace mnist
