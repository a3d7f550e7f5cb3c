"""From data to a model directory: autoencoder, masked autoregressive model, export; and the judge."""
