"""PyTorch code that trains models, samples and judges them. The way is: data, model, train, sample, evaluate; `reference` serves the engine's tests."""
