// expect first: a callback of fit returns nothing, or a bool, of which false ends the training
#include <nn/training.hpp>

const nn::FitOptions options{.on_epoch = [](const nn::Progress& progress) { return progress.loss; }};
