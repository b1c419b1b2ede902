// expect first: nn::Input.* is given to the constructor
#include <nn/training.hpp>

void grow(nn::Sequential<float>& network) { network.add(nn::Input{2}); }
