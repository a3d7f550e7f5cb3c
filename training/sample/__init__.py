"""Images from a model by PyTorch: orders, plans and the sampling loop."""
